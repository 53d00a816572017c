//! The OpenAPI document: what the code says of each endpoint, and what all have in common.

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use crate::BASE;

/// The kinds of problems there are: their status, the end of their `type`, and what they mean.
pub const PROBLEMS: &[(u16, &str, &str)] = &[
    (
        400,
        "bad-request",
        "The request can not be read: not JSON, an unknown field, an unreadable time, a bad cursor.",
    ),
    (
        401,
        "unauthorized",
        "No credentials, or none that are good.",
    ),
    (
        403,
        "forbidden",
        "Known, but not allowed: the rights or the token's scopes do not suffice.",
    ),
    (
        404,
        "not-found",
        "It does not exist, or the caller may not know that it does.",
    ),
    (
        405,
        "method-not-allowed",
        "The address does not know the method.",
    ),
    (
        408,
        "request-timeout",
        "The request did not arrive in time.",
    ),
    (
        409,
        "conflict",
        "Something else is in the way: the time is taken, the name is taken, or something depends on it.",
    ),
    (
        412,
        "precondition-failed",
        "If-Match names another version than the present one.",
    ),
    (413, "payload-too-large", "The body is larger than 256 KiB."),
    (414, "uri-too-long", "The address is too long."),
    (
        415,
        "unsupported-media-type",
        "The body is not JSON in UTF-8.",
    ),
    (
        422,
        "refused",
        "The request can be read, but a rule is against it, or it makes no sense.",
    ),
    (
        422,
        "idempotency-key-reused",
        "The Idempotency-Key came with another request before.",
    ),
    (
        429,
        "too-many-requests",
        "There were too many requests; Retry-After says when to come back.",
    ),
    (
        500,
        "internal",
        "The server failed; the failure was logged under the request's id.",
    ),
    (
        503,
        "unavailable",
        "The server is at its limit, or the outcome is not known; Retry-After says when to come back.",
    ),
];

const ABOUT: &str = "Tenure's own API. Every refusal is `application/problem+json` (RFC 9457) with the rule as data. \
    Lists are `{\"items\", \"next\"}`; `next` goes back as `cursor`. Times are RFC 3339 with an offset. Unknown \
    fields and parameters are refused. Writes take an `Idempotency-Key`, with which a repetition gets the first \
    answer for 24 hours, and `If-Match` with the `ETag` that was read.";

/// The whole document.
pub fn finish(generated: &OpenApi) -> Value {
    let mut document = serde_json::to_value(generated).unwrap_or_default();
    document["openapi"] = json!("3.1.0");
    document["info"] = json!({
        "title": "Tenure",
        "version": env!("CARGO_PKG_VERSION"),
        "summary": "Book rooms, desks, parking places and everything else.",
        "description": ABOUT,
        "license": {"name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT"},
    });
    document["servers"] =
        json!([{"url": "/", "description": "The server that this document comes from."}]);
    document["tags"] = json!([
        {"name": "bookings", "description": "Make, read, change and cancel bookings; find out what is free."},
        {"name": "catalog", "description": "Places, resources, and the rules about them."},
        {"name": "people", "description": "Users and what they are entitled to."},
        {"name": "sessions", "description": "Log in with a password, and out again."},
        {"name": "tokens", "description": "What programs prove themselves with."},
        {"name": "events", "description": "What has happened."},
    ]);
    flatten_schemas(&mut document);
    let schemas = document["components"]["schemas"].clone();
    let mut patches = Map::new();
    if let Value::Object(paths) = &mut document["paths"] {
        for (path, item) in paths {
            for (method, operation) in item.as_object_mut().into_iter().flatten() {
                complete(path, method, operation, &schemas);
                if method == "patch" {
                    as_patch(operation, &schemas, &mut patches);
                }
            }
        }
    }
    let components = &mut document["components"];
    if let Value::Object(all) = &mut components["schemas"] {
        all.extend(patches);
        all.insert("Problem".into(), problem_schema());
        all.insert("Violation".into(), violation_schema());
    }
    components["responses"] = failures();
    components["securitySchemes"] = json!({"bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of `POST /tokens` or `POST /sessions`. Each operation names the scope it needs.",
    }});
    document
}

/// Whatever goes for all operations of a shape.
fn complete(path: &str, method: &str, operation: &mut Value, schemas: &Value) {
    let name = path
        .trim_start_matches(BASE)
        .replace("/{id}", "_one")
        .replace(['/', '-'], "_");
    operation["operationId"] = json!(format!("{method}{name}"));
    let writes = method != "get";
    let parameters = operation["parameters"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let has = |name: &str| parameters.iter().any(|parameter| parameter["name"] == name);
    let secured = operation["security"][0].get("bearer").cloned();
    let mut statuses = vec![400, 500, 503];
    if let Some(scopes) = &secured {
        statuses.extend([401, 429]);
        if scopes.as_array().is_some_and(|scopes| !scopes.is_empty()) {
            statuses.push(403);
        }
    }
    if writes {
        statuses.extend([408, 413, 422]);
    }
    if operation.get("requestBody").is_some() {
        statuses.push(415);
    }
    if has("If-Match") {
        statuses.push(412);
    }
    if path.contains('{') {
        statuses.push(404);
    }
    let Value::Object(responses) = &mut operation["responses"] else {
        return;
    };
    for status in statuses {
        responses
            .entry(status.to_string())
            .or_insert_with(|| json!({}));
    }
    for (status, response) in responses.iter_mut() {
        match status.parse() {
            Ok(code) if code >= 400 => {
                *response = json!({"$ref": format!("#/components/responses/Status{code}")});
            }
            Ok(code) => success(code, response, schemas),
            Err(_) => {}
        }
    }
}

/// The answers with problems, by status; the first meaning of a status is the usual one.
fn failures() -> Value {
    let named = |(status, _, meaning): &(u16, &str, &str)| {
        (format!("Status{status}"), failure(*status, meaning))
    };
    Value::Object(PROBLEMS.iter().rev().map(named).collect())
}

fn failure(status: u16, meaning: &str) -> Value {
    let mut response = json!({
        "description": meaning,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    });
    let seconds =
        json!({"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}});
    match status {
        429 | 503 => response["headers"] = json!({"Retry-After": seconds}),
        401 => response["headers"] = json!({"WWW-Authenticate": {"schema": {"type": "string"}}}),
        _ => {}
    }
    response
}

fn success(status: u16, response: &mut Value, schemas: &Value) {
    let mut headers = Map::new();
    let schema = response["content"]["application/json"]["schema"]["$ref"]
        .as_str()
        .and_then(|reference| reference.rsplit('/').next());
    let versioned = schema.is_some_and(|name| schemas[name]["properties"].get("version").is_some());
    if versioned {
        headers.insert(
            "ETag".into(),
            json!({"description": "The version, for If-Match.", "schema": {"type": "string"}}),
        );
    }
    if status == 201 {
        headers.insert(
            "Location".into(),
            json!({"description": "Where it is now.", "schema": {"type": "string"}}),
        );
    }
    if response["content"].is_null()
        && let Value::Object(response) = response
    {
        response.remove("content");
    }
    if !headers.is_empty() {
        response["headers"] = Value::Object(headers);
    }
}

/// Lets the body of a PATCH be a part of that of POST: nothing is required, and null clears.
fn as_patch(operation: &mut Value, schemas: &Value, patches: &mut Map<String, Value>) {
    let schema = &mut operation["requestBody"]["content"]["application/json"]["schema"];
    let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|reference| reference.rsplit('/').next())
    else {
        return;
    };
    if name.ends_with("Patch") {
        return;
    }
    let patch_name = format!("{}Patch", name.trim_end_matches("Body"));
    let mut patch = schemas[name].clone();
    if let Value::Object(patch) = &mut patch {
        patch.remove("required");
    }
    for property in patch["properties"].as_object_mut().into_iter().flatten() {
        if let Value::Object(property) = property.1 {
            property.remove("default");
        }
    }
    *schema = json!({"$ref": format!("#/components/schemas/{patch_name}")});
    patches.insert(patch_name, patch);
}

/// Makes one object of each schema that is a sum of objects, so that it can say that it has no other fields.
fn flatten_schemas(document: &mut Value) {
    let schemas = document["components"]["schemas"].clone();
    for (_, schema) in document["components"]["schemas"]
        .as_object_mut()
        .into_iter()
        .flatten()
    {
        let Some(parts) = schema["allOf"].as_array().cloned() else {
            if let Value::Object(schema) = schema {
                schema.remove("allOf");
            }
            continue;
        };
        let description = schema["description"].clone();
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for part in parts {
            let part = match part["$ref"]
                .as_str()
                .and_then(|reference| reference.rsplit('/').next())
            {
                Some(name) => schemas[name].clone(),
                None => part,
            };
            properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
            required.extend(part["required"].as_array().cloned().unwrap_or_default());
        }
        *schema = json!({
            "type": "object",
            "description": description,
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        });
    }
}

fn problem_schema() -> Value {
    json!({
        "type": "object",
        "description": "Why a request was refused (RFC 9457). Members depend on the kind; there may be others.",
        "required": ["type", "title", "status"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference", "description": "Stable; leads to documentation."},
            "title": {"type": "string", "description": "For people; may change."},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "For people; may change."},
            "rule": {"type": "string", "description": "The first rule that is against it."},
            "violations": {"type": "array", "items": {"$ref": "#/components/schemas/Violation"}},
            "forbidden": {"type": "string", "description": "What the caller may not do."},
            "scope": {"type": "string", "description": "The scope that the token lacks."},
            "current": {"type": "integer", "description": "The present version."},
            "field": {"type": "string", "description": "The field that can not be read."},
            "fault": {"type": "string", "description": "What is wrong with it."},
            "pointer": {"type": "string", "description": "Where it is (RFC 6901)."},
        },
    })
}

fn violation_schema() -> Value {
    json!({
        "type": "object",
        "description": "A rule that is against it, with what would satisfy it as members of its own.",
        "required": ["rule"],
        "properties": {
            "rule": {"type": "string", "description": "The rule, such as `occupied`, `notice` or `invalid`."},
            "resource": {"type": "integer", "format": "int64", "description": "The resource it concerns."},
            "start": {"type": "string", "format": "date-time", "description": "The start of the booking it concerns."},
            "set_by": {
                "type": "object",
                "description": "Where the rule was set.",
                "properties": {"level": {"type": "string"}, "id": {"type": "integer", "format": "int64"}},
            },
        },
    })
}
