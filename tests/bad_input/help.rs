use super::{start, table::Table};
use crate::table::wrong_tokens;
use simbind_proto::v1::{
    check_service_client::CheckServiceClient, help_service_client::HelpServiceClient, *,
};
use tonic::Code;

#[tokio::test]
async fn every_wrong_field_of_a_question_about_a_code_is_named() {
    let (server, _dir, authority) = start().await;
    let person = super::enrolled(&server, &authority, 1).await;
    let channel = server.channel().await.unwrap();
    let mut checks = CheckServiceClient::new(channel.clone());
    let draw =
        IssueChallengeRequest { channel: Channel::AppLogin.into(), reader_id: String::new() };
    let drawn = checks.issue_challenge(draw).await.unwrap().into_inner();
    let login = person.login("login-1", &drawn).unwrap();
    let decided = checks.check_login(login).await.unwrap().into_inner().decision.unwrap();
    let code = decided.support_code;
    let client = HelpServiceClient::new(channel);
    let codes = [
        "",
        "-",
        "ABCDE-FGH1",
        "ABCDE-FGH123",
        "ABCDE-FGH1U",
        "ABCDE_FGH12",
        "ＡBCDE-FGH12",
        "ABCDE-FGH1\n",
    ];
    let mut codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
    codes.push("A".repeat(100_000));
    codes.push("-".repeat(100_000));
    Table::of(InquireRequest { code })
        .values("code", &codes, |r, v| r.code = v)
        .each_is_refused(async |request| client.clone().inquire(request).await)
        .await;
    Table::of(ListInquiriesRequest::default())
        .values("page_size", &[101, u32::MAX], |r, v| r.page_size = v)
        .values("page_token", &wrong_tokens(), |r, v| r.page_token = v)
        .each_is_refused(async |request| client.clone().list_inquiries(request).await)
        .await;
    // What is no code at all is no guess: the twenty an hour are still there.
    let mut client = client;
    for _ in 0..20 {
        let wrong = client.inquire(InquireRequest { code: "ABCDE-FGH12".into() }).await;
        assert_eq!(wrong.unwrap_err().code(), Code::NotFound);
    }
    let stopped = client.inquire(InquireRequest { code: "ABCDE-FGH12".into() }).await.unwrap_err();
    assert_eq!(stopped.code(), Code::ResourceExhausted);
    assert!(stopped.metadata().contains_key("grpc-retry-pushback-ms"), "{stopped:?}");
}
