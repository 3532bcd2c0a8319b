use super::{Api, binding::identity, status::status, wire};
use crate::callers::{Identity, Role};
use simbind_core::{ids::OfficeRef, ticket::Ticket as Known};
use simbind_proto::v1::{counter_service_server::CounterService, *};
use simbind_service::{
    ServiceError,
    ports::{store::Store, vault::Vault},
    ticket::{OpenRequest, PhoneSecret, QueueFor, Speaker, Terminal},
};
use tonic::{Request, Response, Status};

impl<S: Store, V: Vault> Api<S, V> {
    fn terminal(&self, identity: &Identity) -> Result<Terminal, ServiceError> {
        self.engine().terminal(&self.0.parties.caller(identity))
    }

    /// Who speaks about a ticket: with a phone's secret the phone, through the issuing app's backend,
    /// and otherwise the terminal.
    fn speaker(
        &self,
        identity: &Identity,
        secret: Option<PhoneSecret>,
    ) -> Result<Speaker, ServiceError> {
        let forbidden = |role: Role| ServiceError::Forbidden(format!("this needs the role {role}"));
        match secret {
            Some(secret) if identity.has(Role::EnrolmentApp) => {
                Ok(Speaker::Phone { through: self.0.parties.caller(identity), secret })
            }
            Some(_) => Err(forbidden(Role::EnrolmentApp)),
            None if identity.has(Role::Counter) => Ok(Speaker::Terminal(self.terminal(identity)?)),
            // Its own secret is what an app lacks.
            None => Err(ServiceError::invalid("phone_secret", "is empty")),
        }
    }

    fn shown(&self, ticket: &Known) -> Option<Ticket> {
        Some(wire::ticket(ticket, self.engine().now()))
    }
}

#[tonic::async_trait]
impl<S: Store, V: Vault> CounterService for Api<S, V> {
    async fn open_ticket(
        &self,
        request: Request<OpenTicketRequest>,
    ) -> Result<Response<OpenTicketResponse>, Status> {
        let who = identity(&request)?;
        let OpenTicketRequest { request_id, person_ref, identity_check_ref, variant } =
            request.into_inner();
        let opened = async {
            let id = wire::field("request_id", &request_id)?;
            let person = wire::field("person_ref", &person_ref)?;
            let identity_check = wire::field("identity_check_ref", &identity_check_ref)?;
            let variant = wire::variant(variant)?;
            let open = OpenRequest { person, identity_check, variant };
            self.engine().open_ticket(&self.terminal(&who)?, id, open).await
        };
        let opened = opened.await.map_err(status)?;
        let codes = opened.codes.as_ref().map(wire::codes);
        Ok(Response::new(OpenTicketResponse { ticket: self.shown(&opened.ticket), codes }))
    }

    async fn resume_ticket(
        &self,
        request: Request<ResumeTicketRequest>,
    ) -> Result<Response<ResumeTicketResponse>, Status> {
        let who = identity(&request)?;
        let ResumeTicketRequest { request_id, ticket_id, new_codes } = request.into_inner();
        let resumed = async {
            let request = wire::field("request_id", &request_id)?;
            let id = wire::ticket_id(&ticket_id)?;
            let terminal = self.terminal(&who)?;
            if new_codes {
                let opened = self.engine().recode_ticket(&terminal, request, id).await?;
                return Ok((opened.ticket, opened.codes));
            }
            Ok((self.engine().resume_ticket(&terminal, request, id).await?, None))
        };
        let (ticket, codes) = resumed.await.map_err(status)?;
        let codes = codes.as_ref().map(wire::codes);
        Ok(Response::new(ResumeTicketResponse { ticket: self.shown(&ticket), codes }))
    }

    async fn show_code(
        &self,
        request: Request<ShowCodeRequest>,
    ) -> Result<Response<ShowCodeResponse>, Status> {
        let who = identity(&request)?;
        let ShowCodeRequest { ticket_id } = request.into_inner();
        let shown = async {
            let id = wire::ticket_id(&ticket_id)?;
            self.engine().show_code(&self.terminal(&who)?, id).await
        };
        let shown = shown.await.map_err(status)?;
        Ok(Response::new(ShowCodeResponse {
            code: shown.code.to_text().as_str().to_owned(),
            expires_at: Some(wire::time(shown.expires_at)),
        }))
    }

    async fn join_ticket(
        &self,
        request: Request<JoinTicketRequest>,
    ) -> Result<Response<JoinTicketResponse>, Status> {
        let through = self.0.parties.caller(&identity(&request)?);
        let JoinTicketRequest { request_id, code, phone_secret } = request.into_inner();
        let joined = async {
            let id = wire::field("request_id", &request_id)?;
            let join = wire::join_request(code, &phone_secret)?;
            self.engine().join_ticket(&through, id, &join).await
        };
        let joined = joined.await.map_err(status)?;
        Ok(Response::new(JoinTicketResponse {
            ticket: self.shown(&joined.ticket),
            challenge: joined.challenge.bytes.to_vec().into(),
            challenge_expires_at: Some(wire::time(joined.challenge.expires_at)),
        }))
    }

    async fn record_step(
        &self,
        request: Request<RecordStepRequest>,
    ) -> Result<Response<RecordStepResponse>, Status> {
        let who = identity(&request)?;
        let RecordStepRequest { request_id, ticket_id, phone_secret, step } = request.into_inner();
        let recorded = async {
            let request = wire::field("request_id", &request_id)?;
            let id = wire::ticket_id(&ticket_id)?;
            let speaker = self.speaker(&who, wire::phone_secret(&phone_secret)?)?;
            let deed = wire::deed(step)?;
            self.engine().record_step(&speaker, request, id, deed).await
        };
        let ticket = recorded.await.map_err(status)?;
        Ok(Response::new(RecordStepResponse { ticket: self.shown(&ticket) }))
    }

    async fn activate_ticket(
        &self,
        request: Request<ActivateTicketRequest>,
    ) -> Result<Response<ActivateTicketResponse>, Status> {
        let through = self.0.parties.caller(&identity(&request)?);
        let ActivateTicketRequest {
            request_id,
            ticket_id,
            phone_secret,
            challenge,
            signature,
            handset,
        } = request.into_inner();
        let activated = async {
            let request = wire::field("request_id", &request_id)?;
            let id = wire::ticket_id(&ticket_id)?;
            let missing = || ServiceError::invalid("phone_secret", "is empty");
            let secret = wire::phone_secret(&phone_secret)?.ok_or_else(missing)?;
            let proof = wire::activation(&challenge, signature, handset)?;
            self.engine().activate_ticket((&through, &secret), request, id, &proof).await
        };
        let activated = activated.await.map_err(status)?;
        Ok(Response::new(ActivateTicketResponse {
            ticket: self.shown(&activated.ticket),
            binding: Some(wire::binding(activated.standing, None)),
        }))
    }

    async fn give_up_ticket(
        &self,
        request: Request<GiveUpTicketRequest>,
    ) -> Result<Response<GiveUpTicketResponse>, Status> {
        let who = identity(&request)?;
        let GiveUpTicketRequest { request_id, ticket_id, phone_secret } = request.into_inner();
        let given_up = async {
            let request = wire::field("request_id", &request_id)?;
            let id = wire::ticket_id(&ticket_id)?;
            let speaker = self.speaker(&who, wire::phone_secret(&phone_secret)?)?;
            self.engine().give_up_ticket(&speaker, request, id).await
        };
        let ticket = given_up.await.map_err(status)?;
        Ok(Response::new(GiveUpTicketResponse { ticket: self.shown(&ticket) }))
    }

    async fn get_ticket(
        &self,
        request: Request<GetTicketRequest>,
    ) -> Result<Response<GetTicketResponse>, Status> {
        let who = identity(&request)?;
        let GetTicketRequest { ticket_id, phone_secret } = request.into_inner();
        let found = async {
            let id = wire::ticket_id(&ticket_id)?;
            let secret = wire::phone_secret(&phone_secret)?;
            if secret.is_none() && (who.has(Role::HelpDesk) || who.has(Role::Auditor)) {
                return Ok((self.engine().ticket(id, None).await?, None));
            }
            match self.speaker(&who, secret)? {
                Speaker::Terminal(terminal) => {
                    Ok((self.engine().ticket(id, Some(&terminal)).await?, None))
                }
                Speaker::Phone { through, secret } => {
                    self.engine().ticket_of_phone(&through, &secret, id).await
                }
            }
        };
        let (ticket, issued) = found.await.map_err(status)?;
        Ok(Response::new(GetTicketResponse {
            ticket: self.shown(&ticket),
            challenge: issued.as_ref().map(|i| i.bytes.to_vec().into()).unwrap_or_default(),
            challenge_expires_at: issued.map(|i| wire::time(i.expires_at)),
        }))
    }

    async fn list_tickets(
        &self,
        request: Request<ListTicketsRequest>,
    ) -> Result<Response<ListTicketsResponse>, Status> {
        let who = identity(&request)?;
        let ListTicketsRequest { office, page_size, page_token } = request.into_inner();
        let listed = async {
            let rows = wire::page(page_size)?;
            let after = wire::page_place(&page_token)?;
            let named: Option<OfficeRef> = match &*office {
                "" => None,
                text => Some(wire::field("office", text)?),
            };
            let desk = who.has(Role::HelpDesk) || who.has(Role::Auditor) || who.has(Role::Operator);
            let whose = match named {
                Some(office) if desk => QueueFor::Desk(office),
                None if !who.has(Role::Counter) => {
                    return Err(ServiceError::invalid("office", "is empty"));
                }
                named => QueueFor::Terminal(self.terminal(&who)?, named),
            };
            self.engine().ticket_queue(&whose, after, rows).await
        };
        let page = listed.await.map_err(status)?;
        let next = page.next.map(|(at, id)| format!("{}.{id}", at.as_millis()));
        Ok(Response::new(ListTicketsResponse {
            tickets: page.tickets.iter().map(|ticket| wire::queued(ticket, page.now)).collect(),
            next_page_token: next.unwrap_or_default(),
        }))
    }
}
