//! Ids that look random and are the same in every run.

use uuid::Uuid;

const NAMESPACE: Uuid = Uuid::from_u128(0x6d74_6f2d_7369_4d75_8c61_746f_722d_3031);

/// A UUID derived from what it is for and the names it belongs to.
pub(crate) fn derive(purpose: &str, names: &[&str]) -> Uuid {
    let mut text = purpose.to_owned();
    for name in names {
        // a separator that no name holds keeps ("ab","c") apart from ("a","bc")
        text.push('\u{1f}');
        text.push_str(name);
    }
    Uuid::new_v5(&NAMESPACE, text.as_bytes())
}
