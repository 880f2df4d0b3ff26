//! Records of Parquet, through polars.

use std::fs::File;
use std::path::Path;

use polars::prelude::{AnyValue, ArrowDataType, DataFrame, ParquetReader, SerReader};
use serde_json::Value;

use super::{ImportError, Place, RawRecord, RowError};

/// The records of a Parquet file. Columns of types that no item needs (dates, bytes) are left out.
pub(super) fn records(path: &Path) -> Result<Vec<RawRecord>, ImportError> {
    // polars means some damage to a file to be impossible and panics; its state goes with the panic.
    let table = std::panic::catch_unwind(|| table(path)).unwrap_or_else(|_| {
        Err(ImportError::Damaged {
            path: path.to_owned(),
            reason: "its inner structure contradicts itself".to_owned(),
        })
    })?;
    let columns = table.columns();
    let row = |index: usize| {
        let mut record = super::Columns::new();
        for column in columns {
            let value = column.get(index).map_or(Value::Null, |value| json(&value));
            record.insert(column.name().to_string(), value);
        }
        record
    };
    Ok((0..table.height())
        .map(|index| RawRecord {
            place: Place::Record(index + 1),
            columns: Ok::<_, RowError>(row(index)),
        })
        .collect())
}

fn table(path: &Path) -> Result<DataFrame, ImportError> {
    let damaged = |reason: String| ImportError::Damaged {
        path: path.to_owned(),
        reason,
    };
    let file = File::open(path).map_err(|source| ImportError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let mut reader = ParquetReader::new(file);
    let schema = reader.schema().map_err(|error| damaged(error.to_string()))?;
    let readable = schema.iter_values().filter(|field| is_readable(field.dtype()));
    let names: Vec<String> = readable.map(|field| field.name.to_string()).collect();
    if names.is_empty() {
        return Err(damaged("it has no column of text, numbers or lists".to_owned()));
    }
    reader
        .with_columns(Some(names))
        .finish()
        .map_err(|error| damaged(error.to_string()))
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
