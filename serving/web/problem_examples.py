"""One example of each error that any route can answer."""

from serving.web.queues.examples import Json

NOT_FOUND: Json = {
    "type": "about:blank",
    "title": "Not Found",
    "status": 404,
    "detail": "No queue was published for the evening of 2026-03-03.",
    "code": "nothing_published",
    "field": "as_of",
    "remedy": "Make one: payrisk queue --as-of 2026-03-03",
}

NOT_ACCEPTABLE: Json = {
    "type": "about:blank",
    "title": "Not Acceptable",
    "status": 406,
    "detail": '"image/png" takes none of the kinds that this list is given in.',
    "code": "not_acceptable",
    "field": "Accept",
    "remedy": "Send Accept with one of application/json, text/csv, "
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, application/vnd.apache.parquet; "
    "without it a list is JSON.",
}

TOO_LARGE: Json = {
    "type": "about:blank",
    "title": "Request Entity Too Large",
    "status": 413,
    "detail": "The body is larger than this route takes.",
    "code": "content_too_large",
    "field": "body",
    "remedy": "Send less at once; nothing was changed.",
}

NOT_SIGNED_IN: Json = {
    "type": "about:blank",
    "title": "Unauthorized",
    "status": 401,
    "detail": "This is shown to people who are signed in.",
    "code": "sign_in_needed",
    "field": None,
    "remedy": "Sign in at /sign-in; a machine sends its token as Authorization: Bearer payrisk_…",
}

TOO_MANY: Json = {
    "type": "about:blank",
    "title": "Too Many Requests",
    "status": 429,
    "detail": "Too many tries in a short time.",
    "code": "try_later",
    "field": None,
    "remedy": "Try again in 3 seconds.",
}

TOO_SLOW: Json = {
    "type": "about:blank",
    "title": "Request Timeout",
    "status": 408,
    "detail": "The body of the request did not come in time.",
    "code": "request_timeout",
    "field": None,
    "remedy": "Send it again, whole: nothing was changed.",
}

NOT_UNDERSTOOD: Json = {
    "type": "about:blank",
    "title": "Unprocessable Content",
    "status": 422,
    "detail": '"31/02/2026" is not a day. Expected YYYY-MM-DD, as in 2026-03-31, or today.',
    "code": "bad_date",
    "field": "as_of",
    "remedy": "Correct it and send it again: nothing was changed.",
}

UNAVAILABLE: Json = {
    "type": "about:blank",
    "title": "Service Unavailable",
    "status": 503,
    "detail": "The published queues cannot be read right now. Nothing was changed.",
    "code": "database_locked",
    "field": None,
    "remedy": "The person who runs payrisk finds the reason with: payrisk doctor",
}
