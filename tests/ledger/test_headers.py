"""Headers in other spellings and languages: found where only one column can be meant, refused where two could be."""

from datetime import date

import pytest
from checks_kit import GOOD, HEADER, drawn, invoices_of, table_of

from ledger.check_masters import check_customers
from ledger.columns import read_columns
from ledger.headers import _SYNONYMS, _folded, normal, synonym_of
from ledger.mapping import FIELDS, ColumnMapping
from ledger.refusals import FileRefused

LANGUAGES = {
    "German": "Rechnungs-Nr.;Kundennummer;Kundenname;Rechnungsdatum;Fälligkeit;Betrag;Währung;Zahlungsdatum;"
    "Zahlbetrag",
    "German, plain letters": "Belegnr;Debitor;Name 1;Belegdatum;Nettofaelligkeit;Bruttobetrag;Waehrung;Ausgleichsdatum;"
    "Ausgleichsbetrag",
    "French": "N° de facture;Code client;Nom du client;Date de facture;Date d'échéance;Montant TTC;Devise;"
    "Date de paiement;Montant payé",
    "Spanish": "Número de factura;Código de cliente;Nombre del cliente;Fecha de emisión;Fecha de vencimiento;Importe;"
    "Moneda;Fecha de pago;Importe pagado",
    "Italian": "Numero fattura;Codice cliente;Ragione sociale;Data fattura;Data di scadenza;Importo;Valuta;"
    "Data di pagamento;Importo pagato",
    "Dutch": "Factuurnummer;Klantnummer;Klantnaam;Factuurdatum;Vervaldatum;Bedrag;Munteenheid;Betaaldatum;"
    "Betaald bedrag",
    "Portuguese": "Número da fatura;Código do cliente;Nome do cliente;Data da fatura;Data de vencimento;"
    "Valor da fatura;Moeda;Data de pagamento;Valor pago",
    "English": "Invoice No.;Customer Number;Name of customer;Invoice Date;Payment due date;Invoice amount;"
    "Currency code;Date paid;Amount paid",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_invoice_list_is_read_in_its_own_language(language):
    header = LANGUAGES[language].replace(";", ",") + "\n"
    checked = invoices_of(header + "INV-1,C-1,Elm Street,2026-02-01,2026-03-03,10.00,EUR,2026-03-05,4.00\n")

    assert drawn(
        checked.facts, "item_id", "customer_id", "customer_name", "issued_on", "due_on", "amount_minor", "currency",
        "paid_on", "paid_minor",
    ) == [("INV-1", "C-1", "Elm Street", "2026-02-01", "2026-03-03", 1000, "EUR", "2026-03-05", 400)]  # fmt: skip
    assert checked.columns.table.unread == ()


@pytest.mark.parametrize(
    "header",
    ["Date", "Datum", "Customer", "Kunde", "Client", "Amount open", "Balance", "Net amount", "Nettobetrag",
    "Montant HT",
     "Betrag in Hauswährung", "Amount in local currency", "Offener Betrag", "net_due", "Reference", "Total", "Paid",
     "Saldo", "Base imponible"],
)  # fmt: skip
def test_a_header_that_could_mean_something_else_is_no_synonym(header):
    assert synonym_of(header) is None


def test_each_header_means_one_canonical_column():
    seen = {}
    for column, headers in _SYNONYMS.items():
        assert column in FIELDS
        for header in {_folded(part) for line in headers.split("\n") for part in line.split(",") if part.strip()}:
            assert seen.setdefault(header, column) == column, header
            assert normal(header) not in {normal(name) for name in FIELDS} - {normal(column)}, header


def test_the_canonical_header_goes_before_a_synonym():
    header = HEADER.replace("amount,currency", "amount,Betrag,currency", 1)
    checked = invoices_of(header + "INV-1,C-1,2026-02-01,2026-03-03,10.00,99.00,EUR,,\n")

    assert drawn(checked.facts, "amount_minor") == [(1000,)]
    assert checked.columns.table.unread == ("Betrag",)


def test_two_synonyms_of_one_column_are_refused_with_both_names():
    with pytest.raises(FileRefused, match='"Betrag" and "Rechnungsbetrag" could both be amount') as refused:
        invoices_of(HEADER.replace(",amount,", ",Betrag,Rechnungsbetrag,") + "1,C,2026-02-01,2026-03-03,1,2,EUR,,\n")
    assert refused.value.code == "ambiguous_columns"


def test_a_synonym_that_stands_twice_is_a_duplicate():
    with pytest.raises(FileRefused) as refused:
        invoices_of(HEADER.replace(",amount,", ",Betrag,BETRAG,") + "1,C,2026-02-01,2026-03-03,1,2,EUR,,\n")
    assert refused.value.code == "duplicate_columns"


def test_two_columns_that_this_table_does_not_need_may_have_one_name():
    table = table_of(HEADER.strip() + ",reason,reason,rate,rate\n" + GOOD.format(1).strip() + ",a,b,1,2\n")
    assert table.unread == ("reason", "reason", "rate", "rate")


def test_a_saved_mapping_is_never_helped_by_synonyms():
    names = {name: name for name in HEADER.strip().split(",") if name != "amount"}
    with pytest.raises(FileRefused, match="does not say which column is amount"):
        table_of(HEADER.replace(",amount,", ",Betrag,") + GOOD.format(1), ColumnMapping(name="ours", columns=names))


def test_columns_named_for_one_import_leave_the_others_under_their_own_names():
    mapping = ColumnMapping.of_columns({"amount": "Offener Betrag"})
    checked = invoices_of(HEADER.replace(",amount,", ",Offener Betrag,") + GOOD.format(1), mapping)
    assert drawn(checked.facts, "item_id", "amount_minor") == [("INV-1", 1000)]


def test_a_header_named_for_one_column_is_not_another_column_too():
    mapping = ColumnMapping.of_columns({"invoice_id": "customer_id", "customer_id": "invoice_id"})
    checked = invoices_of(HEADER + GOOD.format(1), mapping)
    assert drawn(checked.facts, "item_id", "customer_id") == [("C-1", "INV-1")]


@pytest.mark.parametrize(
    ("header", "person", "company", "neither"),
    [
        ("Kundennummer,Kundenname,Schuldnerart", "Einzelunternehmer", "Gesellschaft", "unbekannt"),
        ("Code client,Nom du client,Type de débiteur", "Particulier", "Société", "inconnu"),
        ("Código de cliente,Nombre del cliente,Tipo de persona", "Autónomo", "Empresa", "desconocido"),
        ("Codice cliente,Ragione sociale,Tipo di debitore", "Ditta individuale", "Azienda", "sconosciuto"),
        ("Klantnummer,Klantnaam,Soort debiteur", "ZZP", "Bedrijf", "onbekend"),
        ("Código do cliente,Nome do cliente,Tipo de pessoa", "Pessoa singular", "Sociedade", "desconhecido"),
        ("Customer number,Name of customer,Debtor type", "Sole trader", "B2B", "unknown"),
    ],
)
def test_the_class_of_a_debtor_is_read_in_the_language_of_the_file(header, person, company, neither):
    rows = f"{header}\nC-1,Ann,{person}\nC-2,Elm,{company}\nC-3,X,{neither}\nC-4,Y,\n"
    checked = check_customers(read_columns(table_of(rows), ColumnMapping(), near=date(2026, 3, 31)))

    assert drawn(checked.facts, "customer_id", "debtor_class") == [
        ("C-1", "natural_person"), ("C-2", "legal_person"), ("C-3", ""), ("C-4", ""),
    ]  # fmt: skip
