//! Records of Parquet, through polars.

use std::io::Cursor;
use std::ops::ControlFlow;

use polars::prelude::{AnyValue, ArrowDataType, DataFrame, ParquetReader, SerReader};
use serde_json::Value;

use super::errors::ImportError;
use super::place::At;
use super::record::Columns;
use super::source::{Opening, RawRecord, Sink};

/// The columns of a Parquet file. Those of types that no item needs (dates, bytes) are left out.
pub(super) struct Table(DataFrame);

impl Table {
    pub fn open(opening: &Opening<'_>, bytes: Vec<u8>) -> Result<Self, ImportError> {
        Ok(Self(table(bytes).map_err(|reason| opening.damaged(reason))?))
    }

    pub fn names(&self) -> Vec<String> {
        let names = self.0.columns().iter().map(|column| column.name().to_string());
        names.collect()
    }

    pub fn each(&self, sink: &mut Sink<'_>) -> ControlFlow<()> {
        let columns = self.0.columns();
        for index in 0..self.0.height() {
            let mut record = Columns::new();
            for column in columns {
                let value = column.get(index).map_or(Value::Null, |value| json(&value));
                record.insert(column.name().to_string(), value);
            }
            sink(RawRecord::new(At::Record(index + 1), Ok(record)))?;
        }
        ControlFlow::Continue(())
    }
}

/// The columns that can be read of a file's bytes; else, in words, what is wrong with it.
pub(in crate::benchmarks) fn table(bytes: Vec<u8>) -> Result<DataFrame, String> {
    // polars means some damage to a file to be impossible and panics; its state goes with the panic.
    let table = std::panic::catch_unwind(|| readable(bytes));
    table.unwrap_or_else(|_| Err("its inner structure contradicts itself".to_owned()))
}

fn readable(bytes: Vec<u8>) -> Result<DataFrame, String> {
    if !bytes.ends_with(b"PAR1") {
        return Err(
            "it does not end as Parquet files do, so it was not saved or downloaded whole; get it anew".to_owned(),
        );
    }
    let mut reader = ParquetReader::new(Cursor::new(bytes));
    let schema = reader.schema().map_err(|error| error.to_string())?;
    let readable = schema.iter_values().filter(|field| is_readable(field.dtype()));
    let names: Vec<String> = readable.map(|field| field.name.to_string()).collect();
    if names.is_empty() {
        return Err("it has no column of text, numbers or lists".to_owned());
    }
    let mut table = reader
        .with_columns(Some(names))
        .finish()
        .map_err(|error| error.to_string())?;
    // Rows are read one by one, which many chunks would slow down.
    table.rechunk_mut();
    Ok(table)
}

/// Whether polars, as this program is built, has the type.
fn is_readable(data_type: &ArrowDataType) -> bool {
    match data_type {
        ArrowDataType::Null
        | ArrowDataType::Boolean
        | ArrowDataType::Int8
        | ArrowDataType::Int16
        | ArrowDataType::Int32
        | ArrowDataType::Int64
        | ArrowDataType::UInt8
        | ArrowDataType::UInt16
        | ArrowDataType::UInt32
        | ArrowDataType::UInt64
        | ArrowDataType::Float32
        | ArrowDataType::Float64
        | ArrowDataType::Utf8
        | ArrowDataType::LargeUtf8
        | ArrowDataType::Utf8View => true,
        ArrowDataType::List(inner) | ArrowDataType::LargeList(inner) => is_readable(inner.dtype()),
        ArrowDataType::Struct(fields) => fields.iter().all(|field| is_readable(field.dtype())),
        _ => false,
    }
}

fn json(value: &AnyValue) -> Value {
    match value {
        AnyValue::Boolean(value) => (*value).into(),
        AnyValue::String(text) => (*text).into(),
        AnyValue::StringOwned(text) => text.as_str().into(),
        AnyValue::UInt8(number) => (*number).into(),
        AnyValue::UInt16(number) => (*number).into(),
        AnyValue::UInt32(number) => (*number).into(),
        AnyValue::UInt64(number) => (*number).into(),
        AnyValue::Int8(number) => (*number).into(),
        AnyValue::Int16(number) => (*number).into(),
        AnyValue::Int32(number) => (*number).into(),
        AnyValue::Int64(number) => (*number).into(),
        AnyValue::Float32(number) => (*number).into(),
        AnyValue::Float64(number) => (*number).into(),
        AnyValue::List(series) => series.iter().map(|value| json(&value)).collect(),
        AnyValue::StructOwned(payload) => {
            let (values, fields) = payload.as_ref();
            let members = fields.iter().zip(values);
            members
                .map(|(field, value)| (field.name.to_string(), json(value)))
                .collect()
        }
        AnyValue::Struct(..) => json(&value.clone().into_static()),
        _ => Value::Null,
    }
}
