"""A client of the voice REST interface that holds every answer, and every event, against the interface's OpenAPI document."""

import re

from peers.needs import Skipped
from peers.sip import Unexpected
from peers.web import REST


class Described(REST):
    """Fails with the first answer that the document does not describe: its status, its body, its members, its header fields."""

    def __init__(self, switch, **options):
        try:
            import jsonschema
        except ImportError:
            raise Skipped("no jsonschema: Tests/Interop/install-sdks installs it") from None
        super().__init__(switch, **options)
        self.validator, self.used = jsonschema.Draft202012Validator, set()
        self.document = REST.request(self, "GET", "/openapi.json", absolute=True).json
        self.paths = {
            re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path))): item for path, item in self.document["paths"].items()}

    def operation(self, method, path):
        """What the document says of a request; None where it says nothing."""
        found = [item for pattern, item in self.paths.items() if pattern.fullmatch(path)]
        return found[0].get(method.lower()) if found else None

    def request(self, method, path, body=None, headers=None, absolute=False):
        answer = super().request(method, path, body, headers, absolute)
        plain = (path if absolute else f"/v1/users/{self.user}{path}").partition("?")[0]
        if not plain.startswith("/v1/"):
            return answer
        operation = self.operation(method, plain)
        if operation is None:
            if answer.status not in (404, 405):
                raise Unexpected(f"{method} {plain} is not described and was answered {answer}")
            return answer
        self.used.add(operation["operationId"])
        described = operation["responses"].get(str(answer.status))
        if described is None and answer.status < 400:
            raise Unexpected(f"{method} {plain}: {answer.status} is not described")
        if described is None:
            described = self.document["components"]["responses"]["Error"]
        for name in described.get("headers", {}):
            if name not in answer.headers:
                raise Unexpected(f"{method} {plain}: the answer has no {name}")
        content = described.get("content", {})
        if not content and answer.body:
            raise Unexpected(f"{method} {plain}: a body that is not described: {answer}")
        kind = (answer.headers["Content-Type"] or "").partition(";")[0]
        if content and kind not in content and "*/*" not in content:
            raise Unexpected(f"{method} {plain}: the type {kind!r}, not one of {list(content)}")
        if content.get(kind) and kind == "application/json":
            self.check(content[kind]["schema"], answer.json, f"{method} {plain}")
        return answer

    def check(self, schema, value, what):
        """A value is as a schema says, and has no member that the schema does not name."""
        whole = {**schema, "components": self.document["components"]}
        for error in self.validator(whole).iter_errors(value):
            raise Unexpected(f"{what}: {error.json_path} {error.message}")
        self.expect_named(schema, value, what)

    def expect_named(self, schema, value, what):
        if "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        if isinstance(value, list):
            for each in value:
                self.expect_named(schema.get("items", {}), each, what)
        elif isinstance(value, dict) and "properties" in schema:
            unknown = set(value) - set(schema["properties"])
            if unknown:
                raise Unexpected(f"{what}: {sorted(unknown)} are not described")
            for name, member in value.items():
                self.expect_named(schema["properties"][name], member, f"{what} {name}")

    def check_event(self, event):
        """An event that came by POST is as the schema of its type says."""
        event = {name: value for name, value in event.items() if name != "expected"}
        self.check({"$ref": f"#/components/schemas/{event['eventType']}Event"}, event, f"the event {event}")
