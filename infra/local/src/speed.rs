//! How fast simulated time runs.

use std::num::NonZeroU32;
use std::str::FromStr;

/// Simulated seconds in a real one.
///
/// ```
/// use mto_local::Speed;
/// assert_eq!("max".parse(), Ok(Speed::Max));
/// assert!("0".parse::<Speed>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    /// As fast as the work is done: time jumps to what comes next.
    Max,
    /// So many simulated seconds in a real one.
    Times(NonZeroU32),
}

impl FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "max" => Ok(Self::Max),
            number => number.parse().map(Self::Times).map_err(|_| {
                "give a whole number of simulated seconds from 1, such as 1800, or max".to_owned()
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_is_a_number_or_max() {
        assert_eq!("max".parse(), Ok(Speed::Max));
        assert_eq!("60".parse(), Ok(Speed::Times(NonZeroU32::new(60).unwrap())));
        for no_speed in ["0", "-1", "", "4294967296"] {
            assert!(no_speed.parse::<Speed>().is_err(), "{no_speed}");
        }
    }
}
