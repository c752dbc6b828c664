"""Interface and pages on ports of their own: neither answers where the other does."""

from pathlib import Path

import httpx
import pytest

from tests.integration.server import RunningService, free_port

PAGES = ("/", "/sign-in", "/review", "/static/base.css", "/sign-in/some-token")
INTERFACE = ("/v1/openapi.json", "/v1/letters/1", "/v1")


@pytest.mark.slow
def test_pages_and_interface_answer_on_their_own_ports(tmp_path: Path) -> None:
    """A real process with both; what is asked at the wrong one is not there, whatever is said."""
    service, api_port = RunningService(tmp_path / "data"), free_port()
    key = service.add_key()
    service.start(LETTERS_API_PORT=str(api_port))
    interface = f"http://127.0.0.1:{api_port}"
    said = {"Authorization": f"Bearer {key}", "Idempotency-Key": "1"}
    lies = {"Host": f"127.0.0.1:{api_port}", "X-Forwarded-Port": str(api_port), **said}
    letter = {"id": "1", "text": "Dear friend, thank you.", "direction": "donor_to_patient"}
    try:
        for path in PAGES:
            assert httpx.get(f"{service.url}{path}").status_code != 404, path
            assert httpx.get(f"{interface}{path}", headers=said).status_code == 404, path
        for path in INTERFACE:
            assert httpx.get(f"{service.url}{path}", headers=lies).status_code == 404, path
        refused = httpx.post(f"{service.url}/v1/letters", headers=lies, json=letter)
        assert refused.status_code == 404
        assert "detail" in refused.json()
        taken = httpx.post(f"{interface}/v1/letters", headers=said, json=letter)
        assert taken.status_code == 202
        form = {"name": "Ada", "password": "x", "code": "1"}
        assert httpx.post(f"{interface}/sign-in", data=form).status_code == 404
        for url in (service.url, interface):
            assert httpx.get(f"{url}/health/ready").status_code == 200
    finally:
        assert service.stop() == 0


def test_without_a_second_port_everything_is_on_one(tmp_path: Path) -> None:
    """As the first steps of the README have it."""
    service = RunningService(tmp_path / "data")
    key = service.add_key()
    service.start()
    try:
        said = {"Authorization": f"Bearer {key}"}
        assert httpx.get(f"{service.url}/sign-in").status_code == 200
        assert httpx.get(f"{service.url}/v1/openapi.json", headers=said).status_code == 200
    finally:
        service.kill()
