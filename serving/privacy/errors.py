"""What is refused about persons, each in a sentence with the way out."""

from collections.abc import Sequence

from ledger.errors import PayriskError
from ledger.words import shown


class NobodyKnown(PayriskError):
    """A customer of whom nothing was ever told."""

    code = "nobody_known"
    field = "customer_id"
    remedy = "Expected the id as the files have it, to the letter."

    def __init__(self, customer_id: str) -> None:
        super().__init__(f'No customer "{shown(customer_id)}" was ever told of. Nothing was changed.')


class MustBeKept(PayriskError):
    """A person who cannot be erased yet, and why."""

    code = "must_be_kept"
    field = "customer_id"

    def __init__(self, customer_id: str, why: Sequence[str]) -> None:
        self.why = tuple(why)
        super().__init__(f'"{shown(customer_id)}" cannot be erased yet: {"; ".join(why)}. Nothing was changed.')


class NamesThePerson(PayriskError):
    """A reason that would keep what it erases."""

    code = "reason_names_the_person"
    field = "reason"
    remedy = "Name the request or the rule, as in: request of 3 March, or: retention of ten years."

    def __init__(self) -> None:
        super().__init__("The reason is kept, and it holds the name of the person. Nothing was changed.")


class NoReason(PayriskError):
    """A change about a person for which nobody gave a reason."""

    code = "no_reason"
    exit_code = 2
    field = "reason"

    def __init__(self) -> None:
        super().__init__("The reason is empty. Expected a few words: they are kept in place of what goes.")


class NotAnAdministrator(PayriskError):
    """Somebody who may not erase, keep or copy a person."""

    code = "not_an_administrator"
    field = "by"

    def __init__(self, by: str, admins: Sequence[str]) -> None:
        super().__init__(
            f'"{shown(by)}" is no administrator, and persons are erased, kept and copied by one: {", ".join(admins)}. '
            "Nothing was changed."
        )


class NotErased(PayriskError):
    """A readmission of somebody who was not erased."""

    code = "not_erased"
    field = "customer_id"

    def __init__(self, customer_id: str) -> None:
        super().__init__(f'"{shown(customer_id)}" was not erased, or is readmitted already. Nothing was changed.')


class HeldAlready(PayriskError):
    """A hold on somebody who is held."""

    code = "held_already"
    field = "customer_id"

    def __init__(self, customer_id: str, by: str, at: str) -> None:
        super().__init__(f'"{shown(customer_id)}" is held already, by {by} since {at[:10]}. Nothing was changed.')


class NotHeld(PayriskError):
    """A release of somebody whom nobody holds."""

    code = "not_held"
    field = "customer_id"

    def __init__(self, customer_id: str) -> None:
        super().__init__(f'Nobody holds "{shown(customer_id)}". Nothing was changed.')
