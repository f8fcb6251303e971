//! Appointments, their links and the mail about them.

use super::SqlStore;
use crate::port::{
    Appointment, AppointmentEdit, AppointmentFilter, Appointments, Audited, Link, Mail, MailState, NewMail,
    StoreError,
};
use async_trait::async_trait;
use visavis_domain::appointment::AppointmentState;
use visavis_domain::ids::{AppointmentId, LinkId};
use visavis_domain::time::Timestamp;

#[async_trait]
impl Appointments for SqlStore {
    async fn create_appointment(
        &self,
        _appointment: Appointment,
        _link: Link,
        _audited: Audited,
    ) -> Result<(), StoreError> {
        Err(StoreError::Unknown)
    }

    async fn appointment(&self, _id: AppointmentId) -> Result<Option<Appointment>, StoreError> {
        Err(StoreError::Unknown)
    }

    async fn appointments(&self, _filter: AppointmentFilter) -> Result<Vec<Appointment>, StoreError> {
        Err(StoreError::Unknown)
    }

    async fn edit_appointment(
        &self,
        _id: AppointmentId,
        _seen: (AppointmentState, u32),
        _edit: AppointmentEdit,
        _audited: Audited,
    ) -> Result<Appointment, StoreError> {
        Err(StoreError::Unknown)
    }

    async fn link(&self, _id: LinkId) -> Result<Option<Link>, StoreError> {
        Err(StoreError::Unknown)
    }

    async fn links(&self, _appointment: AppointmentId) -> Result<Vec<Link>, StoreError> {
        Err(StoreError::Unknown)
    }

    async fn links_of(&self, _appointments: &[AppointmentId]) -> Result<Vec<Link>, StoreError> {
        Err(StoreError::Unknown)
    }

    async fn change_links(
        &self,
        _take_back: Option<(LinkId, Timestamp)>,
        _add: Option<Link>,
        _audited: Audited,
    ) -> Result<(), StoreError> {
        Err(StoreError::Unknown)
    }

    async fn queue_mail(&self, _mail: NewMail, _audited: Audited) -> Result<(), StoreError> {
        Err(StoreError::Unknown)
    }

    async fn due_mails(&self, _now: Timestamp, _take: u64) -> Result<Vec<Mail>, StoreError> {
        Err(StoreError::Unknown)
    }

    async fn next_mail(&self) -> Result<Option<Timestamp>, StoreError> {
        Err(StoreError::Unknown)
    }

    async fn last_mails(&self, _appointments: &[AppointmentId]) -> Result<Vec<Mail>, StoreError> {
        Err(StoreError::Unknown)
    }

    async fn mail_is(&self, _number: u64, _seen: MailState, _now: MailState) -> Result<bool, StoreError> {
        Err(StoreError::Unknown)
    }
}
