//! `/problems`: what each problem type means. The refusals' own words are in the answers; these pages say what to do.

use axum::Json;
use axum::extract::Path;
use serde_json::{Value, json};

use crate::problem::Problem;
use crate::problem_types::{ProblemType, problem_types};

pub async fn index() -> Json<Value> {
    Json(json!({ "problems": problem_types().map(entry).collect::<Vec<_>>() }))
}

pub async fn page(Path(code): Path<String>) -> Result<Json<Value>, Problem> {
    let found = problem_types().find(|known| known.slug() == code);
    found.map(|found| Json(entry(found))).ok_or_else(Problem::not_found)
}

fn entry(known: &ProblemType) -> Value {
    let slug = known.slug();
    json!({ "type": format!("/problems/{slug}"), "status": known.status, "title": known.title, "description": known.about })
}
