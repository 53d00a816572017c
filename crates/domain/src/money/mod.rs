//! Money: what bookings cost, by which rules, with which tax, and out of which pots it is paid.
//!
//! Amounts are decimals in one currency each. They are rounded once, when a line is finished, by
//! [`Currency::round`]; what depends on a line is a sum of rounded amounts, so that sums agree to the last unit.

mod cancel;
mod charge;
mod currency;
mod frozen;
mod invoice;
mod line;
mod matching;
mod pot;
mod price;
mod rule;
mod tax;
mod trail;
mod usage;

pub use charge::{Charge, charges, pot_entries};
pub use currency::{Currency, UnknownCurrency};
pub use frozen::{FrozenPrice, Line, OwnPrice};
pub use invoice::{Invoice, InvoiceChange, InvoiceKind, InvoiceLine, OpenCharge};
pub use matching::{Payer, base_rule};
pub use pot::{CreditUnit, Fund, Paid, Pot, PotSource, funds_on};
pub use price::{PriceError, price, price_by_hand, tax_at};
pub use rule::{Cancellation, Cap, CapPeriod, Discount, PriceRule, Rate, Tier};
pub use tax::{Amounts, Tax, TaxTreatment};
pub use trail::Step;
pub use usage::{Spent, Usage};

pub(crate) use invoice::lines as invoice_lines;
pub(crate) use matching::about;
pub(crate) use usage::{end as period_end, first as period_first};
