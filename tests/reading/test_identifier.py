"""Articles by identifier, fetched from a server of our own on the loopback address."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from trialmart.document import Unreadable
from trialmart.reading import identifier
from trialmart.reading.identifier import fetch, is_identifier, normalized

XML = b'<?xml version="1.0"?><article><front/><body><p>Text.</p></body></article>'


class Service:
    """Answers in the order given for an identifier, the last answer for ever; counts what it was asked."""

    def __init__(self, answers):
        self.answers, self.asked = answers, []

    def __enter__(self):
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                service.asked.append(self.path)
                name = self.path.strip("/").split("/")[0]
                queue = service.answers[name]
                status, body, delay = queue.pop(0) if len(queue) > 1 else queue[0]
                stop.wait(delay)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    pass  # the client gave up waiting, as the test wants

            def log_message(self, *_):
                pass

        self.stop = stop = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(identifier, "SECONDS_BETWEEN", 0.0)


def test_what_is_an_identifier():
    assert is_identifier("PMC1234567") and is_identifier(" pmc12 ") and is_identifier("PMCID: PMC12")
    assert (
        not is_identifier("PMC12.nxml")
        and not is_identifier("articles/PMC12")
        and not is_identifier("NCT01740427")
        and not is_identifier("PMC")
    )
    assert normalized("pmcid:pmc 12") == "PMC12"


def test_fetched_once_then_from_the_cache(tmp_path):
    with Service({"PMC1": [(200, XML, 0)]}) as service:
        path = fetch("pmc1", tmp_path / "cache", service.url)
        again = fetch("PMC1", tmp_path / "cache", service.url)
    assert path == again and path.read_bytes() == XML
    assert service.asked == ["/PMC1/fullTextXML"]
    assert [p.name for p in (tmp_path / "cache").iterdir()] == ["PMC1.nxml"]


def test_the_cache_needs_no_network(tmp_path):
    (tmp_path / "PMC2.nxml").write_bytes(XML)
    assert fetch("PMC2", tmp_path, "http://127.0.0.1:9").read_bytes() == XML


def test_not_open_access_is_said_and_not_cached(tmp_path):
    with Service({"PMC3": [(404, b"<error/>", 0)]}) as service, pytest.raises(Unreadable, match="no open-access full text"):
        fetch("PMC3", tmp_path, service.url)
    assert len(service.asked) == 1 and not list(tmp_path.iterdir())


def test_a_failing_service_is_asked_again(tmp_path):
    with Service({"PMC4": [(500, b"", 0), (503, b"", 0), (200, XML, 0)]}) as service:
        assert fetch("PMC4", tmp_path, service.url, backoff=0.0).read_bytes() == XML
    assert len(service.asked) == 3


def test_a_service_that_keeps_failing_ends_in_one_line(tmp_path):
    with Service({"PMC5": [(500, b"", 0)]}) as service, pytest.raises(Unreadable, match="answers 500") as error:
        fetch("PMC5", tmp_path, service.url, backoff=0.0)
    assert len(service.asked) == 5 and "\n" not in str(error.value)


def test_a_refusal_is_not_repeated(tmp_path):
    with Service({"PMC6": [(403, b"", 0)]}) as service, pytest.raises(Unreadable, match="answers 403"):
        fetch("PMC6", tmp_path, service.url)
    assert len(service.asked) == 1


def test_a_service_that_hangs(tmp_path):
    with Service({"PMC7": [(200, XML, 5)]}) as service, pytest.raises(Unreadable, match="does not answer in time"):
        fetch("PMC7", tmp_path, service.url, backoff=0.0, timeout=(1.0, 0.05))


def test_nobody_there(tmp_path):
    with pytest.raises(Unreadable, match="no connection to Europe PMC"):
        fetch("PMC8", tmp_path, "http://127.0.0.1:9", backoff=0.0)


def test_an_answer_that_is_no_article(tmp_path):
    with Service({"PMC9": [(200, b"<html>maintenance</html>", 0)]}) as service, pytest.raises(Unreadable, match="not an article's XML"):
        fetch("PMC9", tmp_path, service.url)
    assert not list(tmp_path.iterdir())


def test_the_mirror_of_the_environment(tmp_path, monkeypatch):
    with Service({"PMC10": [(200, XML, 0)]}) as service:
        monkeypatch.setenv("TRIALMART_EUROPE_PMC", service.url + "/")
        assert fetch("PMC10", tmp_path).exists()


def test_requests_are_kept_apart(tmp_path, monkeypatch):
    waited = []
    monkeypatch.setattr(identifier, "SECONDS_BETWEEN", 5.0)
    monkeypatch.setattr(identifier, "_last", 0.0)
    monkeypatch.setattr(identifier.time, "monotonic", lambda: 100.0)
    monkeypatch.setattr(identifier.time, "sleep", waited.append)
    identifier._wait_for_turn()
    identifier._wait_for_turn()
    assert waited == [5.0]
