"""Checks: whether a body is what its schema promises, without making the schema's objects of it.

A run has a body for every account; to make, validate and drop an object for each reason and amount in them took longer
than to write them. So each schema is asked once for the same rules over plain dictionaries.
"""

from collections.abc import Collection
from types import GenericAlias, UnionType
from typing import Annotated, Any, NotRequired, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo
from typing_extensions import TypedDict

from serving.published.bodies import Json


class BodyCheck:
    """The rules of one schema.

    Args:
        schema: whose fields, nested ones too, allow what they say and nothing beside them.
        only: the fields of a part of a body that is checked by itself; None for all of it.
    """

    def __init__(self, schema: type[BaseModel], only: Collection[str] | None = None) -> None:
        self._adapter: TypeAdapter[Any] = TypeAdapter(_dictionary(schema, only))

    def require(self, body: Json) -> None:
        """Raises pydantic's `ValidationError` where the schema's own validation would."""
        self._adapter.validate_python(body)


def _dictionary(schema: type[BaseModel], only: Collection[str] | None = None) -> Any:
    fields = {name: _rules(field) for name, field in schema.model_fields.items() if only is None or name in only}
    typed_dict: Any = TypedDict  # types are made here of fields that are known at run time only
    made = typed_dict(schema.__name__, fields)
    made.__pydantic_config__ = schema.model_config
    return made


def _rules(field: FieldInfo) -> Any:
    told = _plain(field.annotation)
    if field.metadata:
        told = Annotated[(told, *field.metadata)]
    return told if field.is_required() else NotRequired[told]


def _plain(told: Any) -> Any:
    """The type with dictionaries in the place of schemas."""
    if isinstance(told, type) and not isinstance(told, GenericAlias) and issubclass(told, BaseModel):
        return _dictionary(told)
    parts = tuple(_plain(part) for part in get_args(told))
    if get_origin(told) in (list, dict):
        return GenericAlias(get_origin(told), parts)
    if get_origin(told) in (Union, UnionType):
        return Union[parts]  # noqa: UP007  # of parts that are known at run time only
    return told
