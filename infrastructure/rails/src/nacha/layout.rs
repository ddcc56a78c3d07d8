//! The records of the Nacha file format, field by field in the order of the rules' appendix.

use super::field::Content::{Date, DateOrNone, Digits, DigitsOrBlank, Fixed, Named, Reserved, Text, TimeOrNone};
use super::field::Field;

/// A kind of record.
#[derive(Debug, Eq, PartialEq)]
pub struct Layout {
    pub name: &'static str,
    pub fields: &'static [Field],
}

/// Names the fields of a record as constants of a module and lists them as its layout.
macro_rules! layout {
    ($module:ident, $name:literal, { $($field:ident = $label:literal, $start:literal, $len:literal, $content:expr;)+ }) => {
        pub mod $module {
            use super::*;
            $(pub const $field: Field = Field::new($label, $start, $len, $content);)+
            pub static LAYOUT: Layout = Layout { name: $name, fields: &[$($field),+] };
        }
    };
}

layout!(file_header, "file header", {
    RECORD_TYPE = "record_type", 1, 1, Fixed("1");
    PRIORITY = "priority_code", 2, 2, Fixed("01");
    DESTINATION = "immediate_destination", 4, 10, Named;
    ORIGIN = "immediate_origin", 14, 10, Named;
    CREATED_ON = "file_creation_date", 24, 6, Date;
    CREATED_AT = "file_creation_time", 30, 4, TimeOrNone;
    MODIFIER = "file_id_modifier", 34, 1, Named;
    RECORD_SIZE = "record_size", 35, 3, Fixed("094");
    BLOCKING = "blocking_factor", 38, 2, Fixed("10");
    FORMAT = "format_code", 40, 1, Fixed("1");
    DESTINATION_NAME = "immediate_destination_name", 41, 23, Text;
    ORIGIN_NAME = "immediate_origin_name", 64, 23, Text;
    REFERENCE = "reference_code", 87, 8, Text;
});

layout!(file_control, "file control", {
    RECORD_TYPE = "record_type", 1, 1, Fixed("9");
    BATCHES = "batch_count", 2, 6, Digits;
    BLOCKS = "block_count", 8, 6, Digits;
    ENTRIES = "entry_addenda_count", 14, 8, Digits;
    HASH = "entry_hash", 22, 10, Digits;
    DEBITS = "total_debit", 32, 12, Digits;
    CREDITS = "total_credit", 44, 12, Digits;
    RESERVED = "reserved", 56, 39, Reserved;
});

layout!(adv_file_control, "file control of automated accounting advices", {
    RECORD_TYPE = "record_type", 1, 1, Fixed("9");
    BATCHES = "batch_count", 2, 6, Digits;
    BLOCKS = "block_count", 8, 6, Digits;
    ENTRIES = "entry_addenda_count", 14, 8, Digits;
    HASH = "entry_hash", 22, 10, Digits;
    DEBITS = "total_debit", 32, 20, Digits;
    CREDITS = "total_credit", 52, 20, Digits;
    RESERVED = "reserved", 72, 23, Reserved;
});

layout!(batch_header, "batch header", {
    RECORD_TYPE = "record_type", 1, 1, Fixed("5");
    SERVICE_CLASS = "service_class_code", 2, 3, Digits;
    COMPANY_NAME = "company_name", 5, 16, Named;
    DISCRETIONARY = "company_discretionary_data", 21, 20, Text;
    COMPANY_ID = "company_identification", 41, 10, Named;
    ENTRY_CLASS = "standard_entry_class_code", 51, 3, Named;
    DESCRIPTION = "company_entry_description", 54, 10, Named;
    DESCRIPTIVE_DATE = "company_descriptive_date", 64, 6, Text;
    EFFECTIVE_DATE = "effective_entry_date", 70, 6, DateOrNone;
    SETTLEMENT_DATE = "settlement_date", 76, 3, DigitsOrBlank;
    STATUS = "originator_status_code", 79, 1, Digits;
    BANK = "odfi_identification", 80, 8, Digits;
    NUMBER = "batch_number", 88, 7, Digits;
});

layout!(iat_batch_header, "batch header of international entries", {
    RECORD_TYPE = "record_type", 1, 1, Fixed("5");
    SERVICE_CLASS = "service_class_code", 2, 3, Digits;
    INDICATOR = "iat_indicator", 5, 16, Text;
    EXCHANGE_INDICATOR = "foreign_exchange_indicator", 21, 2, Named;
    EXCHANGE_REFERENCE_KIND = "foreign_exchange_reference_indicator", 23, 1, Digits;
    EXCHANGE_REFERENCE = "foreign_exchange_reference", 24, 15, Text;
    DESTINATION_COUNTRY = "iso_destination_country_code", 39, 2, Named;
    ORIGINATOR = "originator_identification", 41, 10, Named;
    ENTRY_CLASS = "standard_entry_class_code", 51, 3, Named;
    DESCRIPTION = "company_entry_description", 54, 10, Named;
    ORIGIN_CURRENCY = "iso_originating_currency_code", 64, 3, Named;
    DESTINATION_CURRENCY = "iso_destination_currency_code", 67, 3, Named;
    EFFECTIVE_DATE = "effective_entry_date", 70, 6, DateOrNone;
    SETTLEMENT_DATE = "settlement_date", 76, 3, DigitsOrBlank;
    STATUS = "originator_status_code", 79, 1, Digits;
    BANK = "gateway_odfi_identification", 80, 8, Digits;
    NUMBER = "batch_number", 88, 7, Digits;
});

layout!(batch_control, "batch control", {
    RECORD_TYPE = "record_type", 1, 1, Fixed("8");
    SERVICE_CLASS = "service_class_code", 2, 3, Digits;
    ENTRIES = "entry_addenda_count", 5, 6, Digits;
    HASH = "entry_hash", 11, 10, Digits;
    DEBITS = "total_debit", 21, 12, Digits;
    CREDITS = "total_credit", 33, 12, Digits;
    COMPANY_ID = "company_identification", 45, 10, Text;
    AUTHENTICATION = "message_authentication_code", 55, 19, Text;
    RESERVED = "reserved", 74, 6, Reserved;
    BANK = "odfi_identification", 80, 8, Digits;
    NUMBER = "batch_number", 88, 7, Digits;
});

layout!(adv_batch_control, "batch control of automated accounting advices", {
    RECORD_TYPE = "record_type", 1, 1, Fixed("8");
    SERVICE_CLASS = "service_class_code", 2, 3, Digits;
    ENTRIES = "entry_addenda_count", 5, 6, Digits;
    HASH = "entry_hash", 11, 10, Digits;
    DEBITS = "total_debit", 21, 20, Digits;
    CREDITS = "total_credit", 41, 20, Digits;
    OPERATOR_DATA = "ach_operator_data", 61, 19, Text;
    BANK = "odfi_identification", 80, 8, Digits;
    NUMBER = "batch_number", 88, 7, Digits;
});

layout!(entry, "entry", {
    RECORD_TYPE = "record_type", 1, 1, Fixed("6");
    CODE = "transaction_code", 2, 2, Digits;
    BANK = "rdfi_identification", 4, 8, Digits;
    CHECK_DIGIT = "check_digit", 12, 1, Digits;
    ACCOUNT = "dfi_account_number", 13, 17, Named;
    AMOUNT = "amount", 30, 10, Digits;
    IDENTIFICATION = "individual_identification_number", 40, 15, Text;
    NAME = "individual_name", 55, 22, Text;
    DISCRETIONARY = "discretionary_data", 77, 2, Text;
    ADDENDA_INDICATOR = "addenda_record_indicator", 79, 1, Digits;
    TRACE = "trace_number", 80, 15, Digits;
});

layout!(counted_entry, "entry that counts its addenda", {
    RECORD_TYPE = "record_type", 1, 1, Fixed("6");
    CODE = "transaction_code", 2, 2, Digits;
    BANK = "rdfi_identification", 4, 8, Digits;
    CHECK_DIGIT = "check_digit", 12, 1, Digits;
    ACCOUNT = "dfi_account_number", 13, 17, Named;
    AMOUNT = "amount", 30, 10, Digits;
    IDENTIFICATION = "identification_number", 40, 15, Text;
    ADDENDA_COUNT = "addenda_record_count", 55, 4, Digits;
    NAME = "receiving_company_name", 59, 16, Text;
    RESERVED = "reserved", 75, 2, Reserved;
    DISCRETIONARY = "discretionary_data", 77, 2, Text;
    ADDENDA_INDICATOR = "addenda_record_indicator", 79, 1, Digits;
    TRACE = "trace_number", 80, 15, Digits;
});

layout!(iat_entry, "international entry", {
    RECORD_TYPE = "record_type", 1, 1, Fixed("6");
    CODE = "transaction_code", 2, 2, Digits;
    BANK = "gateway_rdfi_identification", 4, 8, Digits;
    CHECK_DIGIT = "check_digit", 12, 1, Digits;
    ADDENDA_COUNT = "addenda_record_count", 13, 4, Digits;
    RESERVED = "reserved", 17, 13, Reserved;
    AMOUNT = "amount", 30, 10, Digits;
    ACCOUNT = "foreign_receivers_account_number", 40, 35, Named;
    RESERVED_AGAIN = "reserved", 75, 2, Reserved;
    GATEWAY_SCREENING = "gateway_ofac_screening_indicator", 77, 1, Text;
    SECONDARY_SCREENING = "secondary_ofac_screening_indicator", 78, 1, Text;
    ADDENDA_INDICATOR = "addenda_record_indicator", 79, 1, Digits;
    TRACE = "trace_number", 80, 15, Digits;
});

layout!(adv_entry, "automated accounting advice", {
    RECORD_TYPE = "record_type", 1, 1, Fixed("6");
    CODE = "transaction_code", 2, 2, Digits;
    BANK = "rdfi_identification", 4, 8, Digits;
    CHECK_DIGIT = "check_digit", 12, 1, Digits;
    ACCOUNT = "dfi_account_number", 13, 15, Named;
    AMOUNT = "amount", 28, 12, Digits;
    ADVICE_ROUTING = "advice_routing_number", 40, 9, Digits;
    FILE_IDENTIFICATION = "file_identification", 49, 5, Text;
    OPERATOR_DATA = "ach_operator_data", 54, 1, Text;
    NAME = "individual_name", 55, 22, Named;
    DISCRETIONARY = "discretionary_data", 77, 2, Text;
    ADDENDA_INDICATOR = "addenda_record_indicator", 79, 1, Digits;
    OPERATOR_ROUTING = "ach_operator_routing_number", 80, 8, Digits;
    JULIAN_DAY = "julian_day", 88, 3, Digits;
    SEQUENCE = "sequence_number", 91, 4, Digits;
});
