pub mod bank_account;
