//! What is kept of a price when its booking is called off.

use jiff::{Timestamp, ToSpan};
use rust_decimal::Decimal;

use super::{FrozenPrice, Line, Step};

impl FrozenPrice {
    /// What is kept when the booking, which starts then, is called off now; none if all is given back. A line says
    /// itself until when calling off is free and what it costs afterwards; one that does not is free if `free`, and
    /// kept whole otherwise. Credits and passes are given back, unless all of the line is kept.
    #[must_use]
    pub fn called_off(&self, start: Timestamp, now: Timestamp, free: bool) -> Option<Self> {
        let kept = |line: &Line| line.called_off(self, start, now, free);
        let lines: Vec<Line> = self.lines.iter().filter_map(kept).collect();
        (!lines.is_empty()).then(|| Self {
            lines,
            ..self.clone()
        })
    }
}

impl Line {
    fn called_off(
        &self,
        price: &FrozenPrice,
        start: Timestamp,
        now: Timestamp,
        free: bool,
    ) -> Option<Self> {
        let Some(terms) = &self.cancellation else {
            return (!free).then(|| self.clone());
        };
        let last = start.checked_sub(i64::from(terms.hours).hours());
        if last.is_ok_and(|last| now <= last) {
            return None;
        }
        if terms.percent >= Decimal::ONE_HUNDRED {
            return Some(self.clone());
        }
        let stated = self.amounts.stated(self.rate.treatment);
        let share = stated.saturating_mul(terms.percent) / Decimal::ONE_HUNDRED;
        let amount = price.currency.round(share.max(terms.amount).min(stated));
        let amounts = self.rate.split(amount, price.currency);
        (!amounts.is_zero()).then(|| Self {
            amounts,
            paid: Vec::new(),
            spent: Vec::new(),
            trail: vec![
                Step::Fee { amount },
                Step::Tax {
                    rate: self.rate.applied(),
                    treatment: self.rate.treatment,
                    tax: amounts.tax,
                },
            ],
            ..self.clone()
        })
    }
}
