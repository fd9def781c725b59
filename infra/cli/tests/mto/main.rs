//! `mto` as people run it: the built binary against the simulator over loopback HTTP; and its work on queues, against the
//! in-process model of SQS.

mod doctor;
mod following;
mod letters;
mod plan;
mod profiles;
mod send;
mod status;
mod steps;
mod support;
mod walk;
