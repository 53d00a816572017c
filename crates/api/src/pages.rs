//! Pages for people: what this is, and the API's documentation, made of the document and nothing from outside.

use std::fmt::Write as _;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http_kit::{Problem, security_headers};
use serde_json::Value;

use crate::App;
use crate::caller::Path;
use crate::document::PROBLEMS;

const STYLE: &str = include_str!("pages.css");

/// The pages, rendered once.
pub fn routes(document: &Value) -> Router<App> {
    let reference = page("The API of Tenure", &reference(document));
    let text = document.to_string();
    let json = move || async move { ([(header::CONTENT_TYPE, "application/json")], text.clone()) };
    Router::new()
        .route("/", get(home))
        .route(
            "/docs/api",
            get(move || async move { html(StatusCode::OK, reference.clone()) }),
        )
        .route("/docs/api/style.css", get(style))
        .route("/problems/{kind}", get(problem))
        .route(&format!("{}/openapi.json", crate::BASE), get(json))
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

fn html(status: StatusCode, text: String) -> Response {
    let mut response = (
        status,
        [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
        text,
    )
        .into_response();
    security_headers::add_page_policy(response.headers_mut());
    response
}

fn page(title: &str, content: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"/docs/api/style.css\">\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#content\">Skip to the content</a>\n{content}\n</body>\n</html>\n"
    )
}

async fn home(State(app): State<App>) -> Response {
    let base = escape(&app.settings.base_url);
    let content = format!(
        "<main id=\"content\"><h1>Tenure</h1>\n\
         <p>A booking server for rooms, desks, parking places and everything else that people share.</p>\n<ul>\n\
         <li><a href=\"/docs/api\">Documentation of the API</a></li>\n\
         <li><a href=\"{api}/openapi.json\">Its OpenAPI document</a></li>\n</ul>\n\
         <p>A first request:</p>\n\
         <pre tabindex=\"0\"><code>curl -H \"Authorization: Bearer $TOKEN\" {base}{api}/resources</code></pre></main>",
        api = crate::BASE,
    );
    html(StatusCode::OK, page("Tenure", &content))
}

async fn problem(Path(kind): Path<String>) -> Response {
    let known = PROBLEMS.iter().find(|(_, name, _)| *name == kind);
    let Some((status, name, meaning)) = known else {
        return Problem::not_found().into_response();
    };
    let content = format!(
        "<main id=\"content\"><h1>{name}</h1>\n<p>Status {status}.</p>\n<p>{}</p>\n\
         <p><a href=\"/docs/api#problems\">All problems</a></p></main>",
        escape(meaning)
    );
    html(StatusCode::OK, page(name, &content))
}

/// The text as it may stand in HTML.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Text with what stands in backticks as code.
fn prose(value: &Value) -> String {
    let text = escape(value.as_str().unwrap_or_default());
    let parts = text.split('`').enumerate();
    parts
        .map(|(place, part)| {
            if place % 2 == 1 {
                format!("<code>{part}</code>")
            } else {
                part.to_owned()
            }
        })
        .collect()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The whole reference. Writing to a `String` can not fail.
fn reference(document: &Value) -> String {
    let mut nav = String::from("<nav aria-label=\"Operations\"><ul>");
    let mut main = format!(
        "<main id=\"content\"><h1>The API of Tenure</h1>\n<p>{}</p>\n\
         <p>As a document: <a href=\"{}/openapi.json\">openapi.json</a>.</p>\n",
        prose(&document["info"]["description"]),
        crate::BASE,
    );
    for tag in document["tags"].as_array().into_iter().flatten() {
        let name = tag["name"].as_str().unwrap_or_default();
        let _ = write!(nav, "<li><a href=\"#{name}\">{name}</a><ul>");
        let _ = writeln!(
            main,
            "<section aria-labelledby=\"{name}\"><h2 id=\"{name}\">{name}</h2>\n<p>{}</p>",
            prose(&tag["description"])
        );
        for (path, item) in entries(&document["paths"]) {
            for (method, operation) in entries(item) {
                if operation["tags"][0].as_str() == Some(name) {
                    let id = escape(operation["operationId"].as_str().unwrap_or_default());
                    let title = format!(
                        "{} {}",
                        method.to_uppercase(),
                        escape(path.trim_start_matches(crate::BASE))
                    );
                    let _ = write!(nav, "<li><a href=\"#{id}\">{title}</a></li>");
                    write_operation(&mut main, &id, &title, operation, document);
                }
            }
        }
        nav.push_str("</ul></li>");
        main.push_str("</section>\n");
    }
    nav.push_str("<li><a href=\"#problems\">problems</a></li><li><a href=\"#schemas\">schemas</a></li></ul></nav>\n");
    write_problems(&mut main);
    main.push_str("<section aria-labelledby=\"schemas\"><h2 id=\"schemas\">Schemas</h2>\n");
    for (name, schema) in entries(&document["components"]["schemas"]) {
        let name = escape(name);
        let _ = writeln!(
            main,
            "<h3 id=\"schema-{name}\">{name}</h3>\n<p>{}</p>",
            prose(&schema["description"])
        );
        write_properties(&mut main, &name, schema);
    }
    main.push_str("</section></main>");
    nav + &main
}

fn write_operation(main: &mut String, id: &str, title: &str, operation: &Value, document: &Value) {
    let _ = writeln!(
        main,
        "<article aria-labelledby=\"{id}\"><h3 id=\"{id}\"><code>{title}</code></h3>\n<p><strong>{}</strong></p>\n<p>{}</p>",
        prose(&operation["summary"]),
        prose(&operation["description"]),
    );
    let scopes = operation["security"][0]["bearer"].as_array();
    let scope = scopes
        .and_then(|scopes| scopes.first())
        .and_then(Value::as_str);
    match (scopes, scope) {
        (_, Some(scope)) => {
            let _ = writeln!(main, "<p>Scope: <code>{}</code></p>", escape(scope));
        }
        (Some(_), None) => main.push_str("<p>Any token will do.</p>\n"),
        (None, None) => main.push_str("<p>No token is needed.</p>\n"),
    }
    if let Some(parameters) = operation["parameters"]
        .as_array()
        .filter(|list| !list.is_empty())
    {
        let _ = writeln!(
            main,
            "<table><caption>Parameters of {title}</caption><thead><tr><th scope=\"col\">Name</th>\
             <th scope=\"col\">In</th><th scope=\"col\">Type</th><th scope=\"col\">Meaning</th></tr></thead><tbody>"
        );
        for parameter in parameters {
            let _ = writeln!(
                main,
                "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td>{}</td><td>{}</td></tr>",
                prose(&parameter["name"]),
                prose(&parameter["in"]),
                type_of(&parameter["schema"]),
                prose(&parameter["description"]),
            );
        }
        main.push_str("</tbody></table>\n");
    }
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    if !body.is_null() {
        let _ = writeln!(main, "<p>Body: {}</p>", type_of(body));
    }
    let _ = writeln!(
        main,
        "<table><caption>Answers to {title}</caption><thead><tr><th scope=\"col\">Status</th>\
         <th scope=\"col\">Meaning</th><th scope=\"col\">Body</th></tr></thead><tbody>"
    );
    for (status, response) in entries(&operation["responses"]) {
        let shared = response["$ref"].as_str().unwrap_or_default();
        let response = document
            .pointer(shared.trim_start_matches('#'))
            .filter(|_| !shared.is_empty())
            .unwrap_or(response);
        let content = entries(&response["content"]).next();
        let body = content.map_or_else(
            || "none".to_owned(),
            |(_, content)| type_of(&content["schema"]),
        );
        let _ = writeln!(
            main,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{body}</td></tr>",
            escape(status),
            prose(&response["description"]),
        );
    }
    main.push_str("</tbody></table></article>\n");
}

fn write_problems(main: &mut String) {
    main.push_str(
        "<section aria-labelledby=\"problems\"><h2 id=\"problems\">Problems</h2>\n<table><caption>Kinds of problems</caption>\
         <thead><tr><th scope=\"col\">Status</th><th scope=\"col\">Type</th><th scope=\"col\">Meaning</th></tr></thead><tbody>\n",
    );
    for (status, name, meaning) in PROBLEMS {
        let _ = writeln!(
            main,
            "<tr><td>{status}</td><th scope=\"row\"><a href=\"/problems/{name}\">{name}</a></th><td>{}</td></tr>",
            escape(meaning)
        );
    }
    main.push_str("</tbody></table></section>\n");
}

fn write_properties(main: &mut String, name: &str, schema: &Value) {
    if schema["properties"]
        .as_object()
        .is_none_or(serde_json::Map::is_empty)
    {
        let _ = writeln!(main, "<p>{}</p>", type_of(schema));
        return;
    }
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let _ = writeln!(
        main,
        "<table><caption>Fields of {name}</caption><thead><tr><th scope=\"col\">Field</th><th scope=\"col\">Type</th>\
         <th scope=\"col\">Meaning</th></tr></thead><tbody>"
    );
    for (field, property) in entries(&schema["properties"]) {
        let must = if required.iter().any(|required| required == field) {
            ""
        } else {
            ", optional"
        };
        let _ = writeln!(
            main,
            "<tr><th scope=\"row\"><code>{}</code></th><td>{}{must}</td><td>{}</td></tr>",
            escape(field),
            type_of(property),
            prose(&property["description"]),
        );
    }
    main.push_str("</tbody></table>\n");
}

/// A schema in a few words.
fn type_of(schema: &Value) -> String {
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|reference| reference.rsplit('/').next())
    {
        let name = escape(name);
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    let choices = ["oneOf", "anyOf"]
        .iter()
        .find_map(|key| schema[*key].as_array());
    if let Some(choices) = choices {
        let choices: Vec<String> = choices.iter().map(type_of).collect();
        return choices.join(" or ");
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> = values
            .iter()
            .map(|value| format!("<code>{}</code>", escape(&value.to_string())))
            .collect();
        return values.join(", ");
    }
    let name = match &schema["type"] {
        Value::String(name) => name.clone(),
        Value::Array(names) => {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            names.join(" or ")
        }
        _ => "any".into(),
    };
    if name.starts_with("array") {
        return format!("list of {}", type_of(&schema["items"]));
    }
    match schema["format"].as_str() {
        Some(format) => escape(&format!("{name} ({format})")),
        None => escape(&name),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_of_the_document_is_markup() {
        assert_eq!(
            prose(&json!("a <b> `c&d` 'e'")),
            "a &lt;b&gt; <code>c&amp;d</code> &#39;e&#39;"
        );
        assert_eq!(
            type_of(&json!({"type": ["string", "null"]})),
            "string or null"
        );
    }
}
