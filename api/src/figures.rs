//! What `/metrics` calls its figures, in words.

use metrics::{describe_counter, describe_gauge, describe_histogram};

/// Once a process, when its recorder is there.
pub fn describe() {
    for (name, text) in COUNTERS {
        describe_counter!(*name, *text);
    }
    for (name, text) in GAUGES {
        describe_gauge!(*name, *text);
    }
    for (name, text) in HISTOGRAMS {
        describe_histogram!(*name, *text);
    }
}

const COUNTERS: &[(&str, &str)] = &[
    (
        "quittance_appends_checked_total",
        "Batches that were appended one write after another, because one of them met a log that others had gone on with.",
    ),
    ("quittance_commands_retried_total", "Commands tried again because somebody else had changed the same thing."),
    ("quittance_dead_letters_total", "Events at which a read model, a process manager or the relay came to a stand, by projector."),
    ("quittance_events_appended_total", "Events in the log, appended by this process."),
    ("quittance_events_projected_total", "Events that read models of this process have taken in."),
    ("quittance_events_relayed_total", "Events that NATS has acknowledged."),
    ("quittance_http_requests_total", "Requests answered, by operation and status."),
    ("quittance_mails_delayed_total", "Mails that could not be sent yet."),
    ("quittance_reactions_refused_total", "What process managers could not do because a command was refused, by code."),
    ("quittance_requests_shed_total", "Requests sent away because all places were taken."),
    ("quittance_requests_too_fast_total", "Requests sent away because their key was too fast."),
    ("quittance_transfers_unknown_total", "Transfers of which it was not known how they ended when they were asked after."),
    ("quittance_worker_panics_total", "Workers that panicked and were started again, by worker."),
];

const GAUGES: &[(&str, &str)] = &[
    ("quittance_append_waiting_writes", "Writes that wait for their turn to be appended."),
    ("quittance_database_up", "1 where requests get through to the database, else 0."),
    ("quittance_projection_lag_events", "Events that read models are behind, over all tenants, by projector."),
    ("quittance_projections_stopped", "Read models, process managers and relays of tenants that stand still."),
    ("quittance_requests_in_flight", "Requests that are worked on."),
];

const HISTOGRAMS: &[(&str, &str)] = &[
    ("quittance_append_batch_writes", "Writes that were committed together."),
    ("quittance_append_seconds", "Time to append and commit a batch, in seconds."),
    ("quittance_http_request_seconds", "Time to answer, in seconds, by operation."),
];
