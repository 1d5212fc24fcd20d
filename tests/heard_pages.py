"""Pages as a screen reader hears them: their elements, and their text without what is hidden from it."""

import re
from html.parser import HTMLParser


class Page(HTMLParser):
    """The elements of a page, and its text as a screen reader hears it: without what is hidden from it."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.words, self.hidden = [], [], []
        self.feed(text)
        self.text = re.sub(r"\s+", " ", " ".join(self.words))

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.hidden.append((tag, dict(attrs).get("aria-hidden") == "true"))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.hidden.pop()[0] == tag

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def all(self, tag, **wanted):
        return [a for name, a in self.elements if name == tag and all(a.get(k) == v for k, v in wanted.items())]

    def handle_data(self, data):
        if not any(hidden for _, hidden in self.hidden):
            self.words.append(data)


VOID = {"meta", "link", "br", "img", "col", "input"}


def get(client, path):
    answer = client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return Page(answer.text)
