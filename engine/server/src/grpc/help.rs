use super::{Api, binding::identity, status::status, wire};
use crate::callers::{Identity, Role};
use simbind_proto::v1::{help_service_server::HelpService, *};
use simbind_service::{
    ServiceError,
    help::Inquiry as Found,
    ports::{
        store::{Position, Store},
        vault::Vault,
    },
};
use tonic::{Request, Response, Status};

/// How much a caller is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum View {
    Counter,
    Desk,
    Analyst,
}

impl View {
    fn of(identity: &Identity) -> Self {
        if identity.has(Role::Analyst) {
            Self::Analyst
        } else if identity.has(Role::HelpDesk) {
            Self::Desk
        } else {
            Self::Counter
        }
    }
}

impl<S: Store, V: Vault> Api<S, V> {
    async fn inquiry(&self, view: View, found: &Found) -> Result<Inquiry, ServiceError> {
        let mut inquiry = wire::inquiry(found);
        if view >= View::Desk {
            inquiry.desk = Some(wire::desk_view(found));
        }
        if view >= View::Analyst {
            let explained = self.engine().explain(found.decision.id).await?;
            inquiry.analyst = Some(AnalystView {
                decision: Some(self.answer_decision(&found.decision)),
                facts: wire::facts(&found.facts),
                rules: explained.rules.into_iter().map(wire::rule_trace).collect(),
            });
        }
        Ok(inquiry)
    }
}

/// Where a page begins; at the newest for an empty token.
fn page_after(token: &str) -> Result<Option<Position>, ServiceError> {
    if token.is_empty() {
        return Ok(None);
    }
    let at: u64 = wire::field("page_token", token)?;
    if at.to_string() != token {
        return Err(ServiceError::invalid("page_token", "is no token of a page"));
    }
    Ok(Some(Position(at)))
}

#[tonic::async_trait]
impl<S: Store, V: Vault> HelpService for Api<S, V> {
    async fn inquire(
        &self,
        request: Request<InquireRequest>,
    ) -> Result<Response<InquireResponse>, Status> {
        let identity = identity(&request)?;
        let by = self.0.parties.caller(&identity);
        let view = View::of(&identity);
        let InquireRequest { code } = request.into_inner();
        let answered = async {
            let found = self.engine().inquire(&by, wire::field("code", &code)?).await?;
            let mut inquiries = Vec::with_capacity(found.len());
            for each in &found {
                inquiries.push(self.inquiry(view, each).await?);
            }
            Ok(InquireResponse { inquiries })
        };
        answered.await.map(Response::new).map_err(status)
    }

    async fn list_inquiries(
        &self,
        request: Request<ListInquiriesRequest>,
    ) -> Result<Response<ListInquiriesResponse>, Status> {
        let ListInquiriesRequest { page_size, page_token } = request.into_inner();
        let found = async {
            let after = page_after(&page_token)?;
            let page = self.engine().inquiries(after, wire::page(page_size)?).await?;
            Ok(ListInquiriesResponse {
                look_ups: page.inquiries.iter().map(wire::look_up).collect(),
                next_page_token: page.next.map(|at| at.0.to_string()).unwrap_or_default(),
            })
        };
        found.await.map(Response::new).map_err(status)
    }
}
