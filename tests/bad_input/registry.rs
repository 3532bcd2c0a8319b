use super::{start, table::Table};
use prost::bytes::Bytes;
use simbind_proto::v1::{
    import_registry_response::Outcome, registry_service_client::RegistryServiceClient, *,
};
use tonic::Code;

const HANDSETS: &str = "model,maker,name,tacs,nfc,secure_element,platform,listing,since\n\
    kita-1,Kita,One,35000101,B,sim,android,certified,2025-01-01\n";
const READERS: &str = "reader,maker,name,firmware,listing,since\n\
    door,Sato,Door,2.0+,certified,2025-01-01\n";
const TRIALS: &str = "reader,firmware,handset,outcome,on\ndoor,2.0,kita-1,passed,2025-02-01\n";

fn good() -> ImportRegistryRequest {
    ImportRegistryRequest {
        handsets: HANDSETS.into(),
        readers: READERS.into(),
        trials: TRIALS.into(),
        why: "a test".into(),
    }
}

#[tokio::test]
async fn every_wrong_field_about_the_registry_is_named() {
    let (server, _dir, _authority) = start().await;
    let client = RegistryServiceClient::new(server.channel().await.unwrap());
    let reasons = vec![String::new(), " ".into(), "a\nb".into(), "x".repeat(100_000)];
    let long = Bytes::from(vec![b'x'; (2 << 20) + 1]);
    Table::of(good())
        .row("handsets", "too long", |r| r.handsets = long.clone())
        .row("readers", "too long", |r| r.readers = long.clone())
        .row("trials", "too long", |r| r.trials = long.clone())
        .values("why", &reasons, |r, v| r.why = v)
        .each_is_refused(async |request| client.clone().import_registry(request).await)
        .await;
    let tacs = ["", "3500010", "350001010", "3500010a", "350001010000011", "３５000101"];
    Table::of(GetHandsetModelRequest { tac: "35000101".into() })
        .values("tac", &tacs.map(str::to_owned), |r, v| r.tac = v)
        .row("tac", "long", |r| r.tac = "3".repeat(100_000))
        .each_is_refused(async |request| client.clone().get_handset_model(request).await)
        .await;
    Table::of(GetCompatibilityRequest { readers: vec!["door".into()], ..Default::default() })
        .row("readers", "unknown", |r| r.readers = vec!["gate".into()])
        .row("readers", "no name", |r| r.readers = vec!["a b".into()])
        .row("readers", "33", |r| r.readers = vec!["door".into(); 33])
        .values("page_size", &[1001, u32::MAX], |r, v| r.page_size = v)
        .row("page_token", "no name", |r| r.page_token = "a b".into())
        .row("page_token", "long", |r| r.page_token = "x".repeat(100_000))
        .each_is_refused(async |request| client.clone().get_compatibility(request).await)
        .await;
    let wrong = ["", "certify", "nfc=b", "trial=passed@gate", "trial=passed@a b", ","];
    Table::of(CountLeftOutRequest { criteria: vec!["certified".into()] })
        .row("criteria", "none", |r| r.criteria.clear())
        .row("criteria", "17", |r| r.criteria = vec!["certified".into(); 17])
        .row("criteria", "long", |r| r.criteria = vec!["x".repeat(100_000)])
        .values("criteria", &wrong, |r, v| r.criteria = vec![v.into()])
        .each_is_refused(async |request| client.clone().count_left_out(request).await)
        .await;
}

#[tokio::test]
async fn wrong_files_are_told_by_line_and_nothing_of_them_is_taken() {
    let (server, _dir, _authority) = start().await;
    let mut client = RegistryServiceClient::new(server.channel().await.unwrap());
    let none = client.get_registry(GetRegistryRequest {}).await.unwrap().into_inner();
    assert_eq!((none.version, none.handsets), (None, 0));
    let mut wrong = good();
    wrong.trials = TRIALS.replace("kita-1", "kita-9").into();
    let answer = client.import_registry(wrong).await.unwrap().into_inner();
    let Some(Outcome::Refused(problems)) = answer.outcome else { panic!("{answer:?}") };
    let expected = RegistryProblem {
        file: "trials.csv".into(),
        line: 2,
        column: 3,
        field: "handset".into(),
        what: "`kita-9` is not in handsets.csv".into(),
    };
    assert_eq!((problems.problems, problems.more), (vec![expected], 0));
    let tac = || GetHandsetModelRequest { tac: "35000101".into() };
    let missing = client.get_handset_model(tac()).await.unwrap_err();
    assert_eq!(missing.code(), Code::NotFound);
    client.import_registry(good()).await.unwrap();
    let model = client.get_handset_model(tac()).await.unwrap().into_inner();
    assert_eq!((&*model.model, model.listing()), ("kita-1", RegistryListing::Certified));
    let page = client.get_compatibility(GetCompatibilityRequest::default()).await.unwrap();
    let page = page.into_inner();
    assert_eq!(page.readers, ["door"]);
    assert_eq!(page.rows[0].cells().collect::<Vec<_>>(), [Compatibility::Passed]);
}
