"""Headers as bookkeepers write them: in any spelling, and in seven languages where only one column can be meant.

A word is here only if it means one canonical column wherever it stands. `Date`, `Customer`, `Net amount`, `Balance` and
amounts in the company's own currency are not: they could be either, or something else.
"""

import re
import unicodedata

_SYNONYMS = {
    "invoice_id": """
        Invoice number, Invoice no, Invoice nr, Invoice num, Document number, Document no
        Belegnummer, Belegnr, Beleg-Nr., Rechnungsnummer, Rechnungsnr, Rechnung Nr, Rechnungs-ID
        Numéro de facture, No de facture, N° de facture, N° facture, Num facture, Numéro facture
        Número de factura, Nº de factura, N.º de factura, Nº factura, Num factura, Número factura
        Numero fattura, Numero della fattura, N. fattura, Nr. fattura
        Factuurnummer, Factuurnr
        Número da fatura, Nº da fatura, Nº fatura, Número da factura, Número fatura""",
    "customer_id": """
        Customer number, Customer no, Customer nr, Customer code, Customer account
        Debitor, Debitorennummer, Debitorennr, Debitor-Nr., Debitorenkonto, Kundennummer, Kundennr, Kunden-ID
        Numéro client, Numéro de client, N° client, Code client, Compte client
        Número de cliente, Nº de cliente, Nº cliente, Código de cliente, Código cliente
        Numero cliente, Codice cliente, Cod. cliente
        Klantnummer, Klantnr, Debiteurnummer, Debiteurennummer, Debiteurnr
        Número do cliente, Nº do cliente, Código do cliente""",
    "customer_name": """
        Name of customer, Name 1, Kundenname, Name des Kunden, Debitorenname, Debitorname, Nom du client, Nom client
        Nombre del cliente, Nombre de cliente, Nombre cliente, Nome cliente, Nome del cliente, Ragione sociale
        Razón social, Raison sociale, Klantnaam, Naam klant, Debiteurnaam, Nome do cliente, Razão social""",
    "issue_date": """
        Invoice date, Date of invoice, Date of issue, Document date
        Rechnungsdatum, Belegdatum, Ausstellungsdatum
        Date de facture, Date facture, Date de facturation, Date d'émission
        Fecha de factura, Fecha factura, Fecha de emisión, Data fattura, Data della fattura, Data di emissione
        Factuurdatum, Data da fatura, Data da factura, Data de emissão""",
    "due_date": """
        Date due, Payment due date, Invoice due date
        Fälligkeit, Fälligkeitsdatum, Nettofälligkeit, Netto-Fälligkeitsdatum, Fällig am, Fällig, Zahlbar bis
        Date d'échéance, Échéance, Date échéance, Fecha de vencimiento, Fecha vencimiento, Vencimiento
        Data di scadenza, Data scadenza, Scadenza, Vervaldatum, Vervaldag, Data de vencimento, Data vencimento
        Vencimento""",
    "amount": """
        Invoice amount, Gross amount, Amount in document currency, Invoice total
        Betrag, Rechnungsbetrag, Bruttobetrag, Betrag brutto, Betrag in Belegwährung
        Montant, Montant TTC, Montant de la facture, Montant facture
        Importe, Importe total, Importe factura, Importe de la factura
        Importo, Importo totale, Importo fattura, Totale fattura, Bedrag, Factuurbedrag
        Valor da fatura, Valor total, Montante""",
    "currency": """
        Currency code, Document currency, Invoice currency
        Währung, Waehrung, Währungscode, Währungsschlüssel, Belegwährung, Wkz, Devise, Code devise, Monnaie
        Moneda, Divisa, Código de moneda, Valuta, Codice valuta, Muntsoort, Munteenheid, Moeda""",
    "paid_date": """
        Payment date, Date paid, Date of payment, Settlement date, Clearing date
        Zahlungsdatum, Zahldatum, Ausgleichsdatum, Ausgleich am, Bezahlt am, Gezahlt am
        Date de paiement, Date paiement, Date de règlement, Fecha de pago, Fecha pago, Fecha de cobro
        Data di pagamento, Data pagamento, Data incasso, Betaaldatum, Betalingsdatum, Betaald op
        Data de pagamento, Data do pagamento""",
    "paid_amount": """
        Amount paid, Payment amount, Settled amount
        Zahlbetrag, Zahlungsbetrag, Gezahlter Betrag, Bezahlter Betrag, Ausgleichsbetrag
        Montant payé, Montant réglé, Montant du paiement, Importe pagado, Importe cobrado, Importo pagato
        Importo incassato
        Betaald bedrag, Bedrag betaald, Valor pago, Montante pago""",
    "terms": """
        Terms of payment, Zahlungsbedingung, Zahlungsbedingungen, Zahlungsziel, Zahlungskonditionen
        Conditions de paiement, Condiciones de pago, Condizioni di pagamento, Termini di pagamento
        Betalingsvoorwaarden, Betaalconditie, Condições de pagamento""",
    "country": "Country code, Land, Länderkennzeichen, Pays, Code pays, País, Paese, Landcode",
    "entity": "Company code, Legal entity, Buchungskreis",
    "document_type": """
        Doc type, Type of document, Belegart, Belegtyp, Type de document, Tipo de documento, Tipo documento
        Documentsoort, Documenttype""",
    "instalment": "Installment, Instalment number, Installment number, Instalment no, Installment no, Ratennummer",
    "payment_id": """
        Payment number, Payment no, Payment reference, Zahlungsnummer, Zahlungsnr, Numéro de paiement, Número de pago
        Numero pagamento, Betalingsnummer, Número do pagamento""",
    "booked_date": "Booking date, Posting date, Buchungsdatum, Date comptable, Fecha contable, Boekdatum",
    "dispute_id": "Dispute number, Dispute no, Case number, Reklamationsnummer, Klärungsfall",
    "opened_date": "Opened on, Date opened, Dispute date, Reklamationsdatum",
    "resolved_date": "Resolved on, Date resolved, Closed on",
    "credit_limit": """
        Credit line, Kreditlimit, Kreditlinie, Kreditrahmen, Limite de crédit, Ligne de crédit, Plafond de crédit
        Límite de crédito, Línea de crédito, Limite di credito, Linea di credito, Fido, Kredietlimiet, Kredietlijn
        Limite de crédito, Linha de crédito""",
    "credit_limit_currency": """
        Currency of credit limit, Credit line currency, Währung Kreditlimit, Währung des Kreditlimits
        Kreditlimitwährung, Devise limite de crédit, Devise de la limite de crédit, Moneda límite de crédito
        Moneda del límite de crédito, Valuta limite di credito, Valuta del limite di credito, Valuta kredietlimiet
        Moeda limite de crédito, Moeda do limite de crédito""",
    "parent_id": "Parent customer, Parent customer id, Konzernmutter",
    "debtor_class": """
        Class of debtor, Debtor type, Type of debtor, Customer class, Legal form class, Person type, Type of person
        Schuldnerklasse, Schuldnerart, Debitorenart, Personenart, Personentyp, Art der Person
        Type de débiteur, Type de personne, Nature du débiteur, Personne physique ou morale
        Tipo de deudor, Tipo de persona, Clase de deudor
        Tipo di debitore, Tipo debitore, Tipo di persona, Persona fisica o giuridica
        Type debiteur, Soort debiteur, Debiteurtype, Soort persoon
        Tipo de devedor, Tipo de pessoa, Classe de devedor""",
}  # fmt: skip


def normal(header: str) -> str:
    """A header without case, blanks, underscores, hyphens, quotes and marks.

    >>> normal(' "Invoice-ID" '), normal("Währung")
    ('invoiceid', 'währung')
    """
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", header).casefold())


def synonym_of(header: str) -> str | None:
    """The one canonical column that a header means under another name; None when there is none, or more than one.

    >>> synonym_of("Rechnungs-Nr."), synonym_of("FECHA DE VENCIMIENTO"), synonym_of("Faelligkeit"), synonym_of("Date")
    ('invoice_id', 'due_date', 'due_date', None)
    """
    return _CANONICAL.get(_folded(header))


def _folded(header: str) -> str:
    """Without accents too; umlauts written as ae, oe and ue count as umlauts."""
    letters = unicodedata.normalize("NFKD", header.casefold())
    bare = re.sub(r"[\W_]+", "", "".join(char for char in letters if not unicodedata.combining(char)))
    return re.sub("(?<=[fhlrs])ae|(?<=k)oe|(?<=l)ue", lambda found: found[0][0], bare)


_CANONICAL = {
    _folded(header): column
    for column, headers in _SYNONYMS.items()
    for header in re.split(r"[,\n]", headers)
    if header.strip()
}
