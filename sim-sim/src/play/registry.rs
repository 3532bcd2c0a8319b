//! Steps of handsets and readers.

use super::{
    actor::{ActError, Shared},
    calls::patiently,
};
use crate::{story::registry::Act, world::numbers::WITHDRAWN_TAC};
use simbind_proto::v1::{self, import_registry_response::Outcome};
use tonic::Status;

/// Does one step.
pub(super) async fn act(shared: &Shared<'_>, act: Act) -> Result<(), ActError> {
    match act {
        Act::Withdraw => withdraw(shared).await,
    }
}

/// The same files once more change nothing.
async fn withdraw(shared: &Shared<'_>) -> Result<(), ActError> {
    let handsets = format!(
        "model,maker,name,tacs,nfc,secure_element,platform,listing,since\n\
         hibari-h1,Hibari,H1,{WITHDRAWN_TAC},A;B;F,sim,android,withdrawn,2026-01-01\n"
    );
    let request = v1::ImportRegistryRequest {
        handsets: handsets.into_bytes().into(),
        readers: "reader,maker,name,firmware,listing,since\n".into(),
        trials: "reader,firmware,handset,outcome,on\n".into(),
        why: "keys of this model can be copied".to_owned(),
    };
    let answer = patiently(|| {
        let (mut client, request) = (shared.calls.registry.clone(), request.clone());
        async move { client.import_registry(request).await }
    });
    match answer.await?.outcome {
        Some(Outcome::Imported(_) | Outcome::Unchanged(_)) => Ok(()),
        other => Err(Status::internal(format!("the registry was not taken: {other:?}")).into()),
    }
}
