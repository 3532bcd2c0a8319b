use super::role::Role::{
    self, Analyst, Auditor, Carrier, Counter, EnrolmentApp, HelpDesk, Issuer, Operator, ReaderHost,
    RelyingParty,
};

/// Who may call a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Every known caller.
    Known,
    /// A caller with one of these roles.
    Roles(&'static [Role]),
}

/// Every method that has roles. A method that is not here, and not of the services in
/// [`access`], cannot be called.
pub(super) const METHODS: &[(&str, &[Role])] = &[
    ("/simbind.v1.BindingService/IssueEnrolmentChallenge", &[Counter]),
    ("/simbind.v1.BindingService/EnrolBinding", &[Counter]),
    ("/simbind.v1.BindingService/AddHandset", &[Counter]),
    ("/simbind.v1.BindingService/GetBinding", &[Counter, HelpDesk, Auditor]),
    ("/simbind.v1.BindingService/ListBindings", &[Counter, HelpDesk, Auditor]),
    ("/simbind.v1.BindingService/HoldBinding", &[Counter, HelpDesk]),
    ("/simbind.v1.BindingService/ReleaseBinding", &[Counter]),
    ("/simbind.v1.BindingService/ConfirmRelease", &[Counter]),
    ("/simbind.v1.BindingService/RevokeBinding", &[Counter]),
    ("/simbind.v1.CounterService/OpenTicket", &[Counter]),
    ("/simbind.v1.CounterService/ResumeTicket", &[Counter]),
    ("/simbind.v1.CounterService/ShowCode", &[Counter]),
    ("/simbind.v1.CounterService/JoinTicket", &[EnrolmentApp]),
    ("/simbind.v1.CounterService/RecordStep", &[Counter, EnrolmentApp]),
    ("/simbind.v1.CounterService/ActivateTicket", &[EnrolmentApp]),
    ("/simbind.v1.CounterService/GiveUpTicket", &[Counter, EnrolmentApp]),
    ("/simbind.v1.CounterService/GetTicket", &[Counter, EnrolmentApp, HelpDesk, Auditor]),
    ("/simbind.v1.CounterService/ListTickets", &[Counter, HelpDesk, Auditor, Operator]),
    ("/simbind.v1.BindingService/AnnounceChange", &[Counter]),
    ("/simbind.v1.BindingService/ReproveBinding", &[Counter, RelyingParty]),
    ("/simbind.v1.CheckService/IssueChallenge", &[RelyingParty, ReaderHost]),
    ("/simbind.v1.CheckService/CheckLogin", &[RelyingParty]),
    ("/simbind.v1.CheckService/CheckTap", &[ReaderHost]),
    ("/simbind.v1.CheckService/StreamChecks", &[RelyingParty, ReaderHost]),
    ("/simbind.v1.CheckService/ReportOutcome", &[RelyingParty, ReaderHost, Counter]),
    ("/simbind.v1.SimEventService/PublishEvents", &[Carrier]),
    ("/simbind.v1.SimEventService/StreamEvents", &[Carrier]),
    ("/simbind.v1.SimEventService/GetFeed", &[Carrier, HelpDesk, Analyst, Operator]),
    ("/simbind.v1.DecisionService/GetDecision", &[RelyingParty, ReaderHost, HelpDesk, Auditor]),
    ("/simbind.v1.DecisionService/ListDecisions", &[HelpDesk, Analyst, Auditor]),
    ("/simbind.v1.DecisionService/ExplainDecision", &[HelpDesk, Analyst, Auditor]),
    ("/simbind.v1.DecisionService/ReplayDecision", &[Analyst, Auditor]),
    ("/simbind.v1.HelpService/Inquire", &[Counter, HelpDesk, Analyst]),
    ("/simbind.v1.HelpService/ListInquiries", &[Auditor]),
    (
        "/simbind.v1.DecisionService/ListReopened",
        &[RelyingParty, ReaderHost, HelpDesk, Analyst, Auditor],
    ),
    ("/simbind.v1.RuleService/ListPacks", &[Analyst, Auditor, Operator]),
    ("/simbind.v1.RuleService/GetPacks", &[Analyst, Auditor]),
    ("/simbind.v1.RuleService/CheckPacks", &[Analyst]),
    ("/simbind.v1.RuleService/ExplainFacts", &[Analyst, Auditor]),
    ("/simbind.v1.RuleService/Backtest", &[Analyst]),
    ("/simbind.v1.RolloutService/StagePacks", &[Analyst]),
    ("/simbind.v1.RolloutService/GetRollout", &[Analyst, Auditor, Operator]),
    ("/simbind.v1.RolloutService/ApprovePacks", &[Analyst]),
    ("/simbind.v1.RolloutService/AdvanceRollout", &[Analyst]),
    ("/simbind.v1.RolloutService/WithdrawPacks", &[Analyst]),
    ("/simbind.v1.RolloutService/RollBackPacks", &[Analyst, Operator]),
    ("/simbind.v1.RolloutService/ListPackChanges", &[Analyst, Auditor, Operator]),
    ("/simbind.v1.RolloutService/SnoozeRule", &[Analyst]),
    ("/simbind.v1.RolloutService/EndSnooze", &[Analyst]),
    ("/simbind.v1.RolloutService/ListSnoozes", &[Analyst, HelpDesk, Auditor]),
    ("/simbind.v1.PinService/RecordPinChange", &[RelyingParty, ReaderHost, Counter]),
    ("/simbind.v1.PinService/ResetPin", &[RelyingParty, Counter]),
    ("/simbind.v1.SuccessionService/IssueOwnerChallenge", &[Counter, RelyingParty]),
    ("/simbind.v1.SuccessionService/ListRenewals", &[Counter, HelpDesk, Issuer]),
    ("/simbind.v1.SuccessionService/RenewBinding", &[Counter, RelyingParty]),
    ("/simbind.v1.SuccessionService/ReplaceHandset", &[Counter, RelyingParty]),
    ("/simbind.v1.SuccessionService/ReplaceSim", &[Counter, RelyingParty]),
    ("/simbind.v1.SuccessionService/LendHandset", &[Counter]),
    ("/simbind.v1.SuccessionService/ReturnHandset", &[Counter]),
    ("/simbind.v1.StatusService/PushStatus", &[Issuer]),
    ("/simbind.v1.StatusService/GetCertificateStatus", &[Counter, HelpDesk, Auditor, Issuer]),
    ("/simbind.v1.StatusService/ListStatusSources", &[Analyst, Auditor, Operator, Issuer]),
    ("/simbind.v1.PlatformService/ReportOrder", &[Carrier]),
    ("/simbind.v1.PlatformService/ListOrders", &[Counter, HelpDesk, Auditor, Operator]),
    ("/simbind.v1.ReaderService/GetRefusals", &[ReaderHost]),
    ("/simbind.v1.RegistryService/ImportRegistry", &[Analyst]),
    ("/simbind.v1.RegistryService/GetRegistry", &[Counter, HelpDesk, Analyst, Auditor, Operator]),
    (
        "/simbind.v1.RegistryService/GetHandsetModel",
        &[Counter, HelpDesk, Analyst, Auditor, Operator],
    ),
    ("/simbind.v1.RegistryService/GetCompatibility", &[Analyst, Auditor, Operator]),
    ("/simbind.v1.RegistryService/CountLeftOut", &[Analyst, Operator]),
];

/// Services that every known caller may call.
const OPEN: [&str; 3] = [
    "/grpc.health.v1.Health/",
    "/grpc.reflection.v1.ServerReflection/",
    "/grpc.reflection.v1alpha.ServerReflection/",
];

/// Who may call a method, by its path `/package.Service/Method`; `None` where nobody may.
pub fn access(path: &str) -> Option<Access> {
    if OPEN.iter().any(|service| path.starts_with(service)) {
        return Some(Access::Known);
    }
    METHODS.iter().find(|(method, _)| *method == path).map(|(_, roles)| Access::Roles(roles))
}
