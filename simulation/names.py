"""Company names that nobody bears: invented words, a trade in the country's language, the country's legal form."""

import numpy as np
import numpy.typing as npt

from simulation.errors import ImpossibleCompany

_HEADS = (
    "Ald Arv Belv Bram Cald Dorn Drev Ekk Elm Fald Fjor Galv Gren Hald Hesk Isk Ivel Jorv Kest Kolv Lisk Lund Melk "
    "Morv Nald Norv Orl Ovel Pell Quern Rask Rimb Selv Skel Tarv Thal Ulm Vand Varn Wolm Yst"
)
_JOINTS = " a e i o u"
_TAILS = "bach bury dahl dane fell gard holt kamp lake mere mond nick quist rade sen stad tor vale wick zand"

_TRADES = {
    "DE": "Anlagenbau Baustoffe Blechtechnik Druck Elektrotechnik Feinmechanik Küchentechnik Lebensmittel Logistik "
    "Maschinenbau Möbelwerk Verpackungen Werkzeuge",
    "FR": "Agencement Bâtiment Boissons Chaudronnerie Distribution Électricité Emballages Imprimerie Mécanique "
    "Menuiserie Négoce Outillage Transports",
    "NL": "Bouw Dranken Drukwerk Groothandel Installatie Koeltechniek Logistiek Machines Metaal Scheepsbouw Techniek "
    "Transport Verpakkingen",
    "GB": "Building Catering Components Electrical Fabrication Foods Freight Furniture Interiors Joinery Packaging "
    "Printing Tooling",
    "US": "Beverages Components Distributing Electric Equipment Fasteners Foods Freight Hardware Lumber Packaging "
    "Plastics Supply",
    "SE": "Bygg Elteknik Emballage Frakt Industri Inredning Livsmedel Maskin Plåt Skog Teknik Tryck Verktyg",
}
_FORMS = {
    "DE": ("GmbH", "GmbH", "GmbH", "AG", "KG"),
    "FR": ("SARL", "SARL", "SAS", "SA"),
    "NL": ("BV", "BV", "BV", "NV"),
    "GB": ("Ltd", "Ltd", "Ltd", "plc"),
    "US": ("Inc.", "Inc.", "LLC", "Corp."),
    "SE": ("AB",),
}

NAMES_PER_COUNTRY = len(_HEADS.split()) * len(_JOINTS.split(" ")) * len(_TAILS.split()) * 13
"""How many different names one country can give."""


def company_names(countries: npt.NDArray[np.str_], rng: np.random.Generator) -> list[str]:
    """One name for each country code (a key of `COUNTRIES`), in that order, no two alike: `Quernstad Verktyg AB`.

    Raises `ImpossibleCompany` when one country has more customers than it has names (`NAMES_PER_COUNTRY`).
    """
    names = np.empty(len(countries), dtype=object)
    for country in sorted(_TRADES):
        here = np.flatnonzero(countries == country)
        if len(here) > NAMES_PER_COUNTRY:
            raise ImpossibleCompany("customers", len(countries), f"at most {NAMES_PER_COUNTRY} in one country")
        picks = rng.choice(NAMES_PER_COUNTRY, size=len(here), replace=False)
        forms = rng.integers(0, len(_FORMS[country]), size=len(here))
        for at, pick, form in zip(here, picks, forms, strict=True):
            names[at] = f"{_word_and_trade(country, int(pick))} {_FORMS[country][form]}"
    return [str(name) for name in names]


def _word_and_trade(country: str, pick: int) -> str:
    """The `pick`-th pair of invented word and trade: every number below `NAMES_PER_COUNTRY` gives another."""
    parts = (_HEADS.split(), _JOINTS.split(" "), _TAILS.split(), _TRADES[country].split())
    chosen = []
    for part in parts:
        pick, at = divmod(pick, len(part))
        chosen.append(part[at])
    head, joint, tail, trade = chosen
    return f"{head}{joint}{tail} {trade}"
