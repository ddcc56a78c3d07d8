//! The command line asks of a key what REST asks of it: each role, each kind of thing that is imported.

use std::path::{Path, PathBuf};

use quittance_api::cli::import::Import;
use quittance_api::cli::rates::Rates;
use quittance_api::permissions::roles_for;

use crate::rest_client::{Office, PEOPLE};

/// A document of each kind, and the operation by which REST takes it in.
const KINDS: &[(&str, &str)] = &[
    ("samples/muster-2026-0117.ubl.xml", "import_invoice"),
    ("sample-orders/order-4500012.ubl.xml", "import_purchase_order"),
    ("sample-orders/advice-77120.ubl.xml", "import_goods_receipt"),
    ("sample-bank/statement-2026-11.sta", "import_bank_statement"),
];

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../api").join(name)
}

fn import(office: &Office, person: &str, file: &str) -> Import {
    let api_key = Some(office.by(person).secret().to_owned());
    Import { paths: vec![sample(file)], api_key, at_once: 1, mapping: None, saved_mapping: None, json: true }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_imports_what_rest_would_take_from_it() {
    let office = Office::open().await;
    for (person, role) in PEOPLE {
        for (file, operation) in KINDS {
            let mut codes = Vec::new();
            let import = import(&office, person, file);
            let told = |outcome: quittance_api::cli::import::Outcome| {
                codes.push(outcome.code);
                Ok(())
            };
            import.each(&office.app.system, import.files(), told).await.expect("an outcome");
            let refused = codes == [Some("role-missing".to_owned())];
            let may = roles_for(operation).expect("a row").contains(role);
            assert_eq!(refused, !may, "{person} {operation}: {codes:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sheets_and_rates_are_for_those_who_may_import_them() {
    let office = Office::open().await;
    for person in ["viewer", "approver", "auditor"] {
        // Neither file is looked at before the person is.
        let sheet = Import { mapping: Some("no-mapping.json".into()), ..import(&office, person, "samples/november.csv") };
        let refused = sheet.import(&office.app.system).await.expect_err("a sheet is for clerks");
        assert!(refused.to_string().contains("role-missing"), "{person}: {refused}");
        let api_key = Some(office.by(person).secret().to_owned());
        let rates = Rates { file: "no-rates.csv".into(), api_key };
        let refused = rates.import(&office.app.system).await.expect_err("rates are for the books");
        assert!(refused.to_string().contains("role-missing"), "{person}: {refused}");
    }
}
