//! Reads other systems' databases, and says what they hold in the words of the domain.

pub mod librebooking;
