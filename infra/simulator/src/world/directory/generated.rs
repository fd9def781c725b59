//! Generated users: everything about one follows from its number, so that a hundred thousand cost no strings.

use serde_json::{Value, json};

const GIVEN: [&str; 16] = [
    "Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gwen", "Hugo", "Ines", "Jack", "Kira", "Liam", "Mona",
    "Noah", "Olga", "Paul",
];
const SURNAMES: [&str; 16] = [
    "Abel", "Berg", "Costa", "Diaz", "Evans", "Ford", "Gray", "Hahn", "Ito", "Jones", "Klein", "Lund",
    "Meyer", "Nagy", "Olsen", "Park",
];
const DEPARTMENTS: [&str; 6] = ["Finance", "Sales", "Engineering", "Operations", "Legal", "Marketing"];
const TITLES: [&str; 4] = ["Analyst", "Manager", "Engineer", "Assistant"];

/// Makes the users of one tenant.
#[derive(Debug)]
pub(crate) struct Generator {
    pub(crate) domain: String,
}

fn pick(list: &'static [&'static str], number: u32) -> &'static str {
    let index = usize::try_from(number).unwrap_or_default() % list.len();
    list.get(index).copied().unwrap_or_default()
}

impl Generator {
    /// An attribute of the user with this number; null where generated users have none.
    pub(crate) fn value(&self, number: u32, name: &str) -> Value {
        let (given, surname) = (pick(&GIVEN, number), pick(&SURNAMES, number / 16));
        match name {
            "displayName" => json!(format!("{given} {surname} {number}")),
            "givenName" => json!(given),
            "surname" => json!(surname),
            "userPrincipalName" | "mail" => json!(self.address(number)),
            "mailNickname" => json!(nickname(number)),
            "department" => json!(pick(&DEPARTMENTS, number)),
            "jobTitle" => json!(pick(&TITLES, number)),
            "employeeId" => json!(format!("E{number:07}")),
            "proxyAddresses" => json!([format!("SMTP:{}", self.address(number))]),
            "otherMails" | "businessPhones" => json!([]),
            _ => Value::Null,
        }
    }

    fn address(&self, number: u32) -> String {
        format!("{}@{}", nickname(number), self.domain)
    }

    /// Whose address it is.
    pub(crate) fn number(&self, address: &str) -> Option<u32> {
        let (local, domain) = address.split_once('@')?;
        let digits = local.trim_start_matches(|letter: char| !letter.is_ascii_digit());
        let number = digits.parse().ok()?;
        let same = domain.eq_ignore_ascii_case(&self.domain) && nickname(number).eq_ignore_ascii_case(local);
        same.then_some(number)
    }
}

fn nickname(number: u32) -> String {
    format!("{}.{}{number}", pick(&GIVEN, number), pick(&SURNAMES, number / 16)).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_back_to_its_number() {
        let generator = Generator { domain: "contoso.example".to_owned() };
        for number in [0, 7, 255, 256, 99_999] {
            assert_eq!(generator.number(&generator.address(number)), Some(number));
        }
        assert_eq!(generator.number("ada.abel1@contoso.example"), None, "another person's number");
        assert_eq!(generator.number("ada.abel0@fabrikam.example"), None);
    }
}
