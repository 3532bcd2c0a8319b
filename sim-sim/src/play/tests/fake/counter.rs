use super::{Answer, Fake, bound};
use simbind_core::ticket::{Code, CodeKind, Locator};
use simbind_proto::v1::{self, counter_service_server::CounterService, record_step_request::Step};
use tonic::{Request, Response, Status};

const ID: &str = "tkt_00000000000000000000000000000001";

fn ticket() -> Option<v1::Ticket> {
    Some(v1::Ticket { ticket_id: ID.to_owned(), ..v1::Ticket::default() })
}

fn code(kind: CodeKind) -> String {
    Code::new(kind, Locator::from_random([1; 4]), &[1; 16]).to_text().as_str().to_owned()
}

fn codes() -> Option<v1::TicketCodes> {
    let (access_code, password) = (code(CodeKind::Access), code(CodeKind::Password));
    Some(v1::TicketCodes { access_code, password })
}

#[tonic::async_trait]
impl CounterService for Fake {
    async fn open_ticket(
        &self,
        request: Request<v1::OpenTicketRequest>,
    ) -> Answer<v1::OpenTicketResponse> {
        self.note(request.get_ref());
        Ok(Response::new(v1::OpenTicketResponse { ticket: ticket(), codes: codes() }))
    }

    async fn resume_ticket(
        &self,
        request: Request<v1::ResumeTicketRequest>,
    ) -> Answer<v1::ResumeTicketResponse> {
        self.note(request.get_ref());
        Ok(Response::new(v1::ResumeTicketResponse { ticket: ticket(), codes: codes() }))
    }

    async fn show_code(&self, _: Request<v1::ShowCodeRequest>) -> Answer<v1::ShowCodeResponse> {
        let code = code(CodeKind::Shown);
        Ok(Response::new(v1::ShowCodeResponse { code, expires_at: None }))
    }

    async fn join_ticket(
        &self,
        request: Request<v1::JoinTicketRequest>,
    ) -> Answer<v1::JoinTicketResponse> {
        let request = request.into_inner();
        self.note(&request);
        assert_eq!(request.phone_secret.len(), 32);
        Ok(Response::new(v1::JoinTicketResponse {
            ticket: ticket(),
            challenge: vec![0xE0; 50].into(),
            challenge_expires_at: None,
        }))
    }

    async fn record_step(
        &self,
        request: Request<v1::RecordStepRequest>,
    ) -> Answer<v1::RecordStepResponse> {
        let request = request.into_inner();
        self.note(&request);
        if let Some(Step::Loaded(_)) = request.step {
            self.0.lock().unwrap().checks += 1;
        }
        if let Some(Step::Certificate(written)) = &request.step {
            assert_eq!(
                written.card_certificate_sha256.len(),
                32,
                "the card can prove nothing later"
            );
        }
        Ok(Response::new(v1::RecordStepResponse { ticket: ticket() }))
    }

    async fn activate_ticket(
        &self,
        request: Request<v1::ActivateTicketRequest>,
    ) -> Answer<v1::ActivateTicketResponse> {
        let request = request.into_inner();
        assert!(request.signature.is_some() && request.handset.is_some());
        let binding = bound(&request.request_id);
        Ok(Response::new(v1::ActivateTicketResponse { ticket: ticket(), binding }))
    }

    async fn give_up_ticket(
        &self,
        _: Request<v1::GiveUpTicketRequest>,
    ) -> Answer<v1::GiveUpTicketResponse> {
        Err(Status::unimplemented("no"))
    }

    async fn get_ticket(&self, _: Request<v1::GetTicketRequest>) -> Answer<v1::GetTicketResponse> {
        Ok(Response::new(v1::GetTicketResponse {
            ticket: ticket(),
            challenge: vec![0xE0; 50].into(),
            challenge_expires_at: None,
        }))
    }

    async fn list_tickets(
        &self,
        _: Request<v1::ListTicketsRequest>,
    ) -> Answer<v1::ListTicketsResponse> {
        Err(Status::unimplemented("no"))
    }
}
