//! What a handler takes and gives, read from its own signature: openapi.json cannot say one thing
//! and the code another.

use super::take::{Code, Device, Https, Id, Input, Key, Query, Reader, Who};
use axum::response::Response;
use std::collections::BTreeMap;
use utoipa::openapi::path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{Content, Ref, RefOr, Required, ResponseBuilder, ResponsesBuilder};
use utoipa::{PartialSchema, ToSchema};

/// Schemas by name.
pub type Schemas = BTreeMap<String, RefOr<Schema>>;

/// An operation in the making.
#[derive(Default)]
pub struct Draft {
    pub parameters: Vec<Parameter>,
    body: Option<(&'static str, RefOr<Schema>)>,
    answers: Vec<(u16, &'static str, Option<RefOr<Schema>>)>,
    /// Schemas of what is taken, and of what is given: in these nothing is ever absent.
    pub taken: Schemas,
    pub given: Schemas,
    text_stream: bool,
}

impl Draft {
    pub fn parameter(&mut self, name: &str, place: ParameterIn, required: bool, schema: RefOr<Schema>) {
        let required = if required { Required::True } else { Required::False };
        let parameter =
            ParameterBuilder::new().name(name).parameter_in(place).required(required).schema(Some(schema));
        self.parameters.push(parameter.build());
    }

    pub fn answer<T: ToSchema>(&mut self, status: u16, what: &'static str) {
        collect_schema::<T>(&mut self.given);
        self.answers.push((status, what, Some(Ref::from_schema_name(T::name()).into())));
    }

    pub fn silence(&mut self, status: u16, what: &'static str) {
        self.answers.push((status, what, None));
    }

    pub fn text_body(&mut self, kind: &'static str) {
        self.body = Some((kind, ObjectBuilder::new().schema_type(Type::String).into()));
    }

    pub fn text_stream(&mut self) {
        self.text_stream = true;
        self.silence(200, "text/event-stream");
    }

    pub fn operation(&self, id: &str, tag: &str) -> OperationBuilder {
        let json = |schema: RefOr<Schema>| Content::new(Some(schema));
        let mut responses = ResponsesBuilder::new();
        for (status, what, schema) in &self.answers {
            let mut response = ResponseBuilder::new().description(*what);
            if let Some(schema) = schema {
                response = response.content("application/json", json(schema.clone()));
            } else if self.text_stream {
                let text = ObjectBuilder::new().schema_type(Type::String);
                response = response.content("text/event-stream", json(text.into()));
            }
            responses = responses.response(status.to_string(), response);
        }
        let error = Ref::from_schema_name("ErrorBody").into();
        let failure =
            ResponseBuilder::new().description("Any error").content("application/json", json(error));
        let mut operation = OperationBuilder::new()
            .operation_id(Some(id))
            .tag(tag)
            .parameters(Some(self.parameters.clone()))
            .responses(responses.response("default", failure).build());
        if let Some((kind, body)) = &self.body {
            let body =
                RequestBodyBuilder::new().content(*kind, json(body.clone())).required(Some(Required::True));
            operation = operation.request_body(Some(body.build()));
        }
        operation
    }
}

pub fn collect_schema<T: ToSchema>(into: &mut Schemas) {
    let mut nested = Vec::new();
    T::schemas(&mut nested);
    into.insert(T::name().into_owned(), T::schema());
    into.extend(nested);
}

/// One argument or result of a handler.
pub trait Describe {
    fn describe(draft: &mut Draft);
}

impl Describe for axum::extract::State<super::Shared> {
    fn describe(_: &mut Draft) {}
}

impl Describe for Who {
    fn describe(_: &mut Draft) {}
}

impl Describe for Reader {
    fn describe(_: &mut Draft) {}
}

impl Describe for Device {
    fn describe(_: &mut Draft) {}
}

impl Describe for Https {
    fn describe(_: &mut Draft) {}
}

impl Describe for axum::http::HeaderMap {
    fn describe(_: &mut Draft) {}
}

impl Describe for Code {
    fn describe(draft: &mut Draft) {
        draft.parameter("code", ParameterIn::Path, true, String::schema());
    }
}

impl Describe for Key {
    fn describe(draft: &mut Draft) {
        draft.parameter("id", ParameterIn::Path, true, String::schema());
    }
}

impl Describe for Id {
    fn describe(draft: &mut Draft) {
        draft.parameter("id", ParameterIn::Path, true, i64::schema());
    }
}

impl<T: ToSchema> Describe for Input<T> {
    fn describe(draft: &mut Draft) {
        collect_schema::<T>(&mut draft.taken);
        draft.body = Some(("application/json", Ref::from_schema_name(T::name()).into()));
    }
}

impl<T: ToSchema> Describe for Query<T> {
    fn describe(draft: &mut Draft) {
        let mut nested = Vec::new();
        T::schemas(&mut nested);
        draft.taken.extend(nested);
        let RefOr::T(Schema::Object(object)) = T::schema() else { return };
        for (name, schema) in object.properties {
            let required = object.required.contains(&name);
            draft.parameter(&name, ParameterIn::Query, required, present(schema));
        }
    }
}

/// In a query a value is there or not; it is never null.
fn present(schema: RefOr<Schema>) -> RefOr<Schema> {
    use utoipa::openapi::schema::SchemaType;
    match schema {
        RefOr::T(Schema::Object(mut object)) => {
            if let SchemaType::Array(types) = &object.schema_type
                && let Some(own) = types.iter().find(|kind| **kind != Type::Null)
            {
                object.schema_type = SchemaType::Type(own.clone());
            }
            RefOr::T(Schema::Object(object))
        }
        RefOr::T(Schema::OneOf(one)) => {
            let own = one.items.iter().find(|item| matches!(item, RefOr::Ref(_))).cloned();
            own.unwrap_or(RefOr::T(Schema::OneOf(one)))
        }
        other => other,
    }
}

impl Describe for Response {
    fn describe(draft: &mut Draft) {
        draft.text_stream();
    }
}

/// A handler, described from its signature.
pub trait Described<Arguments> {
    fn describe(draft: &mut Draft);
}

macro_rules! described {
    ($($argument:ident),*) => {
        impl<F, Fut, R, E, $($argument),*> Described<($($argument,)*)> for F
        where
            F: Fn($($argument),*) -> Fut,
            Fut: Future<Output = Result<R, E>>,
            R: Describe,
            $($argument: Describe),*
        {
            fn describe(draft: &mut Draft) {
                $($argument::describe(draft);)*
                R::describe(draft);
            }
        }
    };
}

described!(A);
described!(A, B);
described!(A, B, C);
described!(A, B, C, D);
described!(A, B, C, D, E1);

/// Every property of what we give is there, be it null: the pages need not ask twice.
pub fn all_present(schema: &mut RefOr<Schema>) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => {
            object.required = object.properties.keys().cloned().collect();
            object.properties.values_mut().for_each(all_present);
        }
        Schema::AllOf(all) => all.items.iter_mut().for_each(all_present),
        Schema::OneOf(one) => one.items.iter_mut().for_each(all_present),
        Schema::Array(_) | Schema::AnyOf(_) => {}
        _ => {}
    }
}
