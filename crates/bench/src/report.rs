//! What was measured, as a table.

use std::fmt::Write as _;

use crate::machine::Machine;
use crate::numbers::rate;

/// A line of the table.
pub struct Row {
    /// What was measured.
    pub what: String,
    /// Ours.
    pub ours: String,
    /// What it is compared with; empty where there is nothing.
    pub baseline: String,
    /// The ratio, or the value that the target is about.
    pub value: String,
    /// The target; empty for what is only told.
    pub target: String,
    /// How it compares with the target.
    pub verdict: Verdict,
    /// What is known about a target that is missed.
    pub why: &'static str,
}

/// How a value compares with its target.
pub enum Verdict {
    /// It is met.
    Met,
    /// It is missed, by so many per cent.
    Missed(f64),
    /// There is no target.
    Told,
    /// It could not be measured, and why.
    Skipped(String),
}

impl Row {
    /// A ratio of ours to a baseline, which has to be at least so much.
    pub fn at_least(what: &str, ours: String, baseline: String, ratio: f64, target: f64) -> Self {
        Self {
            what: what.into(),
            ours,
            baseline,
            value: format!("{ratio:.2}"),
            target: format!("≥ {target}"),
            verdict: judge(ratio >= target, (target - ratio) / target),
            why: "",
        }
    }

    /// A ratio of ours to a baseline, which has to be at most so much.
    pub fn at_most(what: &str, ours: String, baseline: String, ratio: f64, target: f64) -> Self {
        Self {
            what: what.into(),
            ours,
            baseline,
            value: format!("{ratio:.2}"),
            target: format!("≤ {target}"),
            verdict: judge(ratio <= target, (ratio - target) / target),
            why: "",
        }
    }

    /// A value of our own, which has to be below so much.
    pub fn below(what: &str, value: f64, target: f64, unit: &str) -> Self {
        let digits = usize::from(value < 10.0) * 2;
        Self {
            what: what.into(),
            ours: String::new(),
            baseline: String::new(),
            value: format!("{value:.digits$} {unit}"),
            target: format!("< {target} {unit}"),
            verdict: judge(value < target, (value - target) / target),
            why: "",
        }
    }

    /// How many a second, which have to be at least so many.
    pub fn rate(what: &str, value: f64, target: f64) -> Self {
        Self {
            what: what.into(),
            ours: String::new(),
            baseline: String::new(),
            value: rate(value),
            target: format!("≥ {}", rate(target)),
            verdict: judge(value >= target, (target - value) / target),
            why: "",
        }
    }

    /// Something that has no target.
    pub fn told(what: &str, value: &str) -> Self {
        Self {
            what: what.into(),
            ours: String::new(),
            baseline: String::new(),
            value: value.into(),
            target: String::new(),
            verdict: Verdict::Told,
            why: "",
        }
    }

    /// Something that could not be measured.
    pub fn skipped(what: &str, reason: &str) -> Self {
        Self {
            what: what.into(),
            ours: String::new(),
            baseline: String::new(),
            value: "–".into(),
            target: String::new(),
            verdict: Verdict::Skipped(reason.into()),
            why: "",
        }
    }

    /// The same, with how ours came about.
    pub fn ours(mut self, ours: impl Into<String>) -> Self {
        self.ours = ours.into();
        self
    }

    /// The same, beside something that has no part in the target.
    pub fn with_baseline(mut self, baseline: impl Into<String>) -> Self {
        self.baseline = baseline.into();
        self
    }

    /// The same, with what is known about it should the target be missed.
    pub fn because(mut self, why: &'static str) -> Self {
        self.why = why;
        self
    }

    /// How it compares with the target, in words.
    fn words(&self) -> String {
        match &self.verdict {
            Verdict::Met => "met".into(),
            Verdict::Told => String::new(),
            Verdict::Missed(by) => format!("**missed by {by:.0} %**"),
            Verdict::Skipped(reason) => format!("not measured: {reason}"),
        }
    }
}

fn judge(met: bool, by: f64) -> Verdict {
    if met {
        Verdict::Met
    } else {
        Verdict::Missed(by * 100.0)
    }
}

/// The rows as a Markdown table.
pub fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| what | ours | baseline | ratio or value | target | |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for row in rows {
        let (what, ours, baseline) = (&row.what, &row.ours, &row.baseline);
        let (value, target, words) = (&row.value, &row.target, row.words());
        let _ = writeln!(
            text,
            "| {what} | {ours} | {baseline} | {value} | {target} | {words} |"
        );
    }
    text
}

/// What is known about the targets that are missed.
fn reasons(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        if let Verdict::Missed(_) = row.verdict {
            let (what, words) = (&row.what, row.words());
            let why = if row.why.is_empty() {
                "The cause has not been looked for yet."
            } else {
                row.why
            };
            let _ = writeln!(text, "- *{what}*: {words}. {why}");
        }
    }
    text
}

/// The whole page.
pub fn page(rows: &[Row], machine: &Machine) -> String {
    let mut text = String::from(include_str!("page_head.md"));
    let _ = writeln!(text, "## Figures\n\n{}", table(rows));
    let reasons = reasons(rows);
    if reasons.is_empty() {
        text.push_str("All targets are met.\n");
    } else {
        let _ = writeln!(text, "## What is missed, and why\n\n{reasons}");
    }
    let _ = write!(text, "\n## Machine\n\n{machine}");
    text.push('\n');
    text.push_str(include_str!("page_foot.md"));
    text
}
