"""JUnit XML, as read by GitLab, Jenkins and GitHub's reporters."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

# Characters that XML 1.0 cannot contain, not even escaped.
_INVALID_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class JunitCase:
    """One test."""

    name: str
    seconds: float = 0.0
    failure: str = ""
    """The reason why it failed; empty if it did not."""
    skipped: str = ""
    """The reason why it was skipped; empty if it was not."""
    output: str = ""


def junit_xml(suite: str, cases: Sequence[JunitCase]) -> str:
    """Return one test suite as an XML document."""
    root = ET.Element("testsuites")
    _add_suite(root, suite, cases)
    return _document(root)


def junit_xml_of_suites(suites: Sequence[tuple[str, Sequence[JunitCase]]]) -> str:
    """Return named test suites as an XML document."""
    root = ET.Element("testsuites")
    for name, cases in suites:
        _add_suite(root, name, cases)
    return _document(root)


def _add_suite(root: ET.Element, name: str, cases: Sequence[JunitCase]) -> None:
    suite = ET.SubElement(
        root,
        "testsuite",
        name=_clean(name),
        tests=str(len(cases)),
        failures=str(sum(bool(case.failure) for case in cases)),
        errors="0",
        skipped=str(sum(bool(case.skipped) for case in cases)),
        time=f"{sum(case.seconds for case in cases):.3f}",
    )
    for case in cases:
        element = ET.SubElement(
            suite, "testcase", classname=_clean(name), name=_clean(case.name), time=f"{case.seconds:.3f}"
        )
        if case.failure:
            failure = ET.SubElement(element, "failure", message=_clean(case.failure.partition("\n")[0]))
            failure.text = _clean(case.failure)
        if case.skipped:
            ET.SubElement(element, "skipped", message=_clean(case.skipped))
        if case.output:
            ET.SubElement(element, "system-out").text = _clean(case.output)


def _document(root: ET.Element) -> str:
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _clean(text: str) -> str:
    return _INVALID_XML.sub("�", text)
