//! People and businesses, from the shop's side: [`Shop`], with a store of its own.
//! Knows: names. Never knows: the peer wing.

pub use partywall_business_client::shop::*;
pub use partywall_business_client::{
    BusinessLink, Category, Event, EventId, EventNumber, Events, Hosting, Industry, Parameter,
    ParameterKind, Reason, Region, Seconds, ShortCode, Slot, TemplateDraft, TemplateId, World,
    error, value, what,
};
