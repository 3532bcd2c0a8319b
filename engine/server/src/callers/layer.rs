use super::{identity::Callers, table::access};
use futures::future::Either;
use http::{Request, Response};
use std::{
    future::{Ready, ready},
    task::{Context, Poll},
};
use tonic::{Status, body::Body, codegen::Service};
use tower::Layer;

/// Lets a call through to its handler only where the table of methods allows its caller, and
/// leaves the caller's [`super::Identity`] in the request.
#[derive(Clone, Debug)]
pub struct AuthorizeLayer(Callers);

impl AuthorizeLayer {
    /// A layer for these callers.
    pub fn new(callers: Callers) -> Self {
        Self(callers)
    }
}

impl<S> Layer<S> for AuthorizeLayer {
    type Service = Authorize<S>;

    fn layer(&self, inner: S) -> Authorize<S> {
        Authorize { callers: self.0.clone(), inner }
    }
}

/// A service behind [`AuthorizeLayer`].
#[derive(Clone, Debug)]
pub struct Authorize<S> {
    callers: Callers,
    inner: S,
}

impl<S> Authorize<S> {
    fn check<B>(&self, request: &mut Request<B>) -> Result<(), Status> {
        let identity = self.callers.resolve(request.extensions())?;
        let access = access(request.uri().path())
            .ok_or_else(|| Status::unimplemented("there is no such method"))?;
        identity.allow(access)?;
        request.extensions_mut().insert(identity);
        Ok(())
    }
}

impl<S, B> Service<Request<B>> for Authorize<S>
where
    S: Service<Request<B>, Response = Response<Body>>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Either<S::Future, Ready<Result<Response<Body>, S::Error>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        match self.check(&mut request) {
            Ok(()) => Either::Left(self.inner.call(request)),
            Err(status) => Either::Right(ready(Ok(status.into_http()))),
        }
    }
}
