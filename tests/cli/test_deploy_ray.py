"""What keeps a Ray cluster running every night: valid for systemd, and all parts of one mind."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from auditor.resources import deploy_folder

DEPLOY = deploy_folder()
UNITS = ("auditor-ray-head.service", "auditor-ray-node.service", "auditor-nightly-ray.conf")
TEXTS = {name: (DEPLOY / name).read_text(encoding="utf-8") for name in UNITS}


def values(text: str, key: str) -> list[str]:
    """What a unit sets a key to."""
    return re.findall(rf"^{key}=(.*)$", text, flags=re.MULTILINE)


def test_the_units_agree_about_key_folder_and_network() -> None:
    """A key is asked for everywhere; nobody outside the network named is answered."""
    for name, text in TEXTS.items():
        assert "RAY_AUTH_MODE=token RAY_AUTH_TOKEN_PATH=/etc/auditor/ray.token" in text, name
        assert values(text, "IPAddressAllow") == ["localhost 10.0.0.0/24"], name
        for line in text.splitlines():
            assert re.fullmatch(r"|#.*|\[\w+\]|[A-Z]\w+=.*", line), line
    for name in UNITS[:2]:
        assert values(TEXTS[name], "IPAddressDeny") == ["any"]
        (start,) = values(TEXTS[name], "ExecStart")
        assert "--block" in start
        assert "--disable-usage-stats" in start
    assert "--temp-dir=/var/lib/auditor-ray" in TEXTS[UNITS[0]]
    assert values(TEXTS[UNITS[2]], "ReadWritePaths") == ["/var/lib/auditor-ray"]
    assert values(TEXTS[UNITS[0]], "StateDirectory") == ["auditor-ray"]


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """Where it is installed, it knows every key, and the nightly service takes the addition."""
    night = (DEPLOY / "auditor-nightly.service").read_text(encoding="utf-8")
    assert values(night, "IPAddressDeny") == ["any"]
    assert values(TEXTS[UNITS[2]], "RestrictAddressFamilies") == ["AF_UNIX AF_INET AF_INET6"]
    if not shutil.which("systemd-analyze"):
        return
    # The units name files of the machine they are for; here others stand in for them.
    stands = {
        "/opt/auditor/deploy/nightly.sh": str(DEPLOY / "nightly.sh"),
        "/opt/auditor/bin/ray": "/bin/true",
        "User=auditor": "User=daemon",
        "=/srv/recordings": "=/tmp",
    }
    for name, text in {**TEXTS, "auditor-nightly.service": night}.items():
        for what, stand in stands.items():
            text = text.replace(what, stand)
        place = tmp_path / name
        if name.endswith(".conf"):
            place = tmp_path / "auditor-nightly.service.d" / "ray.conf"
            place.parent.mkdir()
        place.write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *tmp_path.glob("*.service")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line for line in done.stderr.splitlines() if "auditor-" in line] == []
    assert done.returncode == 0, done.stderr
