//! Choices out of bytes.

/// Words that mean something somewhere, or are known to break things.
const WORDS: [&str; 40] = [
    "",
    " ",
    "\u{0}",
    "\n",
    "null",
    "{",
    "{{",
    "{{{",
    "}}",
    "${",
    "<at>",
    "<aT>",
    "<!channel>",
    "<@U1>",
    "&lt;",
    "[x](http://evil.example)",
    "[code]",
    "@",
    "*",
    "\u{202E}",
    "\u{FFFE}",
    "\u{1F600}",
    "é",
    "..",
    "/",
    "\\",
    "'",
    "\"",
    "https://graph.microsoft.com@evil.example/",
    "https://evil.example/",
    "00000000-0000-0000-0000-000000000000",
    "22222222-2222-4222-8222-222222222222",
    "0000-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "2026-11-21T09:00:00Z",
    "-1",
    "4294967295",
    "18446744073709551615",
    "fabrikam",
    "contoso.example",
];

/// Bytes that are used up one after the other; past their end every choice is the first one.
pub struct Entropy<'a> {
    bytes: &'a [u8],
}

impl<'a> Entropy<'a> {
    /// Chooses by these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Whether there are bytes left.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What was not used.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    /// The next byte; 0 past the end.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        *first
    }

    /// A number below `end`; 0 where `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        let number = usize::from(u16::from_le_bytes([self.byte(), self.byte()]));
        number.checked_rem(end).unwrap_or(0)
    }

    /// One of these.
    ///
    /// # Panics
    /// Where there are none.
    pub fn one_of<'b, T>(&mut self, all: &'b [T]) -> &'b T {
        &all[self.below(all.len())]
    }

    /// One of these words.
    ///
    /// # Panics
    /// Where there are none.
    pub fn word(&mut self, all: &[&'static str]) -> &'static str {
        all[self.below(all.len())]
    }

    /// Any number.
    pub fn number(&mut self) -> i64 {
        let bytes = std::array::from_fn(|_| self.byte());
        i64::from_le_bytes(bytes)
    }

    /// A short text: known words and any characters, sometimes repeated.
    pub fn text(&mut self) -> String {
        let pieces = 1 + self.below(4);
        let mut text: String = (0..pieces).map(|_| self.piece()).collect();
        if self.byte() > 250 {
            text = text.repeat(1 + self.below(2_000));
        }
        text
    }

    fn piece(&mut self) -> String {
        if self.byte().is_multiple_of(2) {
            return (*self.one_of(&WORDS)).to_owned();
        }
        let length = self.below(12);
        (0..length).filter_map(|_| char::from_u32(self.code_point())).collect()
    }

    fn code_point(&mut self) -> u32 {
        match self.byte() % 4 {
            0 | 1 => u32::from(self.byte() % 128),
            2 => u32::from_le_bytes([self.byte(), self.byte(), 0, 0]),
            _ => u32::from_le_bytes([self.byte(), self.byte(), self.byte() % 17, 0]),
        }
    }
}
