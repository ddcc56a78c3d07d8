//! The addenda records of the Nacha file format, by their type codes.

use super::field::Content::{DateOrNone, Digits, DigitsOrBlank, Fixed, Named, Reserved, Text};
use super::field::Field;
use super::layout::Layout;

/// Names the fields of a record as constants of a module and lists them as its layout, after what every addenda record begins with.
macro_rules! addenda {
    ($module:ident, $name:literal, $code:literal, { $($field:ident = $label:literal, $start:literal, $len:literal, $content:expr;)+ }) => {
        pub mod $module {
            use super::*;
            pub const RECORD_TYPE: Field = Field::new("record_type", 1, 1, Fixed("7"));
            pub const TYPE_CODE: Field = Field::new("addenda_type_code", 2, 2, Fixed($code));
            $(pub const $field: Field = Field::new($label, $start, $len, $content);)+
            pub static LAYOUT: Layout = Layout { name: $name, fields: &[RECORD_TYPE, TYPE_CODE, $($field),+] };
        }
    };
}

addenda!(terminal, "terminal addenda", "02", {
    REFERENCE_ONE = "reference_information_1", 4, 7, Text;
    REFERENCE_TWO = "reference_information_2", 11, 3, Text;
    TERMINAL = "terminal_identification_code", 14, 6, Named;
    SERIAL = "transaction_serial_number", 20, 6, Named;
    DATE = "transaction_date", 26, 4, Digits;
    AUTHORISATION = "authorization_code", 30, 6, Text;
    LOCATION = "terminal_location", 36, 27, Named;
    CITY = "terminal_city", 63, 15, Named;
    STATE = "terminal_state", 78, 2, Named;
    TRACE = "trace_number", 80, 15, Digits;
});

addenda!(payment, "payment addenda", "05", {
    INFORMATION = "payment_related_information", 4, 80, Text;
    SEQUENCE = "addenda_sequence_number", 84, 4, Digits;
    ENTRY = "entry_detail_sequence_number", 88, 7, Digits;
});

addenda!(foreign_amount, "first international addenda", "10", {
    TRANSACTION_TYPE = "transaction_type_code", 4, 3, Named;
    AMOUNT = "foreign_payment_amount", 7, 18, Digits;
    FOREIGN_TRACE = "foreign_trace_number", 25, 22, Text;
    NAME = "receiving_name", 47, 35, Named;
    RESERVED = "reserved", 82, 6, Reserved;
    ENTRY = "entry_detail_sequence_number", 88, 7, Digits;
});

addenda!(originator, "second international addenda", "11", {
    NAME = "originator_name", 4, 35, Named;
    STREET = "originator_street_address", 39, 35, Named;
    RESERVED = "reserved", 74, 14, Reserved;
    ENTRY = "entry_detail_sequence_number", 88, 7, Digits;
});

addenda!(originator_place, "third international addenda", "12", {
    CITY = "originator_city_and_state", 4, 35, Named;
    COUNTRY = "originator_country_and_postal_code", 39, 35, Named;
    RESERVED = "reserved", 74, 14, Reserved;
    ENTRY = "entry_detail_sequence_number", 88, 7, Digits;
});

addenda!(originating_bank, "fourth international addenda", "13", {
    NAME = "originating_dfi_name", 4, 35, Named;
    QUALIFIER = "originating_dfi_identification_number_qualifier", 39, 2, Named;
    IDENTIFICATION = "originating_dfi_identification", 41, 34, Named;
    COUNTRY = "originating_dfi_branch_country_code", 75, 3, Named;
    RESERVED = "reserved", 78, 10, Reserved;
    ENTRY = "entry_detail_sequence_number", 88, 7, Digits;
});

addenda!(receiving_bank, "fifth international addenda", "14", {
    NAME = "receiving_dfi_name", 4, 35, Named;
    QUALIFIER = "receiving_dfi_identification_number_qualifier", 39, 2, Named;
    IDENTIFICATION = "receiving_dfi_identification", 41, 34, Named;
    COUNTRY = "receiving_dfi_branch_country_code", 75, 3, Named;
    RESERVED = "reserved", 78, 10, Reserved;
    ENTRY = "entry_detail_sequence_number", 88, 7, Digits;
});

addenda!(receiver, "sixth international addenda", "15", {
    IDENTIFICATION = "receiver_identification_number", 4, 15, Text;
    STREET = "receiver_street_address", 19, 35, Named;
    RESERVED = "reserved", 54, 34, Reserved;
    ENTRY = "entry_detail_sequence_number", 88, 7, Digits;
});

addenda!(receiver_place, "seventh international addenda", "16", {
    CITY = "receiver_city_and_state", 4, 35, Named;
    COUNTRY = "receiver_country_and_postal_code", 39, 35, Named;
    RESERVED = "reserved", 74, 14, Reserved;
    ENTRY = "entry_detail_sequence_number", 88, 7, Digits;
});

addenda!(international_payment, "international payment addenda", "17", {
    INFORMATION = "payment_related_information", 4, 80, Text;
    SEQUENCE = "addenda_sequence_number", 84, 4, Digits;
    ENTRY = "entry_detail_sequence_number", 88, 7, Digits;
});

addenda!(correspondent, "correspondent bank addenda", "18", {
    NAME = "foreign_correspondent_bank_name", 4, 35, Named;
    QUALIFIER = "foreign_correspondent_bank_identification_number_qualifier", 39, 2, Named;
    IDENTIFICATION = "foreign_correspondent_bank_identification_number", 41, 34, Named;
    COUNTRY = "foreign_correspondent_bank_branch_country_code", 75, 3, Named;
    RESERVED = "reserved", 78, 6, Reserved;
    SEQUENCE = "addenda_sequence_number", 84, 4, Digits;
    ENTRY = "entry_detail_sequence_number", 88, 7, Digits;
});

addenda!(change, "notification of change", "98", {
    CODE = "change_code", 4, 3, Named;
    ORIGINAL_TRACE = "original_entry_trace_number", 7, 15, Digits;
    RESERVED = "reserved", 22, 6, Reserved;
    ORIGINAL_BANK = "original_receiving_dfi_identification", 28, 8, Digits;
    CORRECTED = "corrected_data", 36, 29, Text;
    // A refused notification repeats here what it refuses.
    REFUSED = "refused_change", 65, 15, Text;
    TRACE = "trace_number", 80, 15, Digits;
});

addenda!(returned, "return", "99", {
    CODE = "return_reason_code", 4, 3, Named;
    ORIGINAL_TRACE = "original_entry_trace_number", 7, 15, Digits;
    DATE_OF_DEATH = "date_of_death", 22, 6, DateOrNone;
    ORIGINAL_BANK = "original_receiving_dfi_identification", 28, 8, Digits;
    INFORMATION = "addenda_information", 36, 44, Text;
    TRACE = "trace_number", 80, 15, Digits;
});

addenda!(dishonored, "dishonored return", "99", {
    CODE = "dishonored_return_reason_code", 4, 3, Named;
    ORIGINAL_TRACE = "original_entry_trace_number", 7, 15, Digits;
    RESERVED = "reserved", 22, 6, Reserved;
    ORIGINAL_BANK = "original_receiving_dfi_identification", 28, 8, Digits;
    RESERVED_AGAIN = "reserved", 36, 3, Reserved;
    RETURN_TRACE = "return_trace_number", 39, 15, Digits;
    RETURN_DATE = "return_settlement_date", 54, 3, DigitsOrBlank;
    RETURN_CODE = "return_reason_code", 57, 2, Digits;
    INFORMATION = "addenda_information", 59, 21, Text;
    TRACE = "trace_number", 80, 15, Digits;
});

addenda!(contested, "contested dishonored return", "99", {
    CODE = "contested_return_code", 4, 3, Named;
    ORIGINAL_TRACE = "original_entry_trace_number", 7, 15, Digits;
    RETURNED_ON = "date_original_entry_returned", 22, 6, Text;
    ORIGINAL_BANK = "original_receiving_dfi_identification", 28, 8, Digits;
    ORIGINAL_DATE = "original_settlement_date", 36, 3, DigitsOrBlank;
    RETURN_TRACE = "return_trace_number", 39, 15, Digits;
    RETURN_DATE = "return_settlement_date", 54, 3, DigitsOrBlank;
    RETURN_CODE = "return_reason_code", 57, 2, Digits;
    DISHONORED_TRACE = "dishonored_return_trace_number", 59, 15, Digits;
    DISHONORED_DATE = "dishonored_return_settlement_date", 74, 3, DigitsOrBlank;
    DISHONORED_CODE = "dishonored_return_reason_code", 77, 2, Digits;
    RESERVED = "reserved", 79, 1, Reserved;
    TRACE = "trace_number", 80, 15, Digits;
});

/// The layout of an addenda record by what it begins with: its type, and for returns the range of the reason.
pub(super) fn addenda_layout(line: &[u8]) -> Option<&'static Layout> {
    Some(match line.get(1..3)? {
        b"02" => &terminal::LAYOUT,
        b"05" => &payment::LAYOUT,
        b"10" => &foreign_amount::LAYOUT,
        b"11" => &originator::LAYOUT,
        b"12" => &originator_place::LAYOUT,
        b"13" => &originating_bank::LAYOUT,
        b"14" => &receiving_bank::LAYOUT,
        b"15" => &receiver::LAYOUT,
        b"16" => &receiver_place::LAYOUT,
        b"17" => &international_payment::LAYOUT,
        b"18" => &correspondent::LAYOUT,
        b"98" => &change::LAYOUT,
        b"99" => match line.get(3..6)? {
            b"R61" | b"R62" | b"R67" | b"R68" | b"R69" | b"R70" => &dishonored::LAYOUT,
            [b'R', b'7', b'1'..=b'7'] => &contested::LAYOUT,
            _ => &returned::LAYOUT,
        },
        _ => return None,
    })
}
