//! Reads a GGUF header from bytes that may be anything: every length is checked before it is believed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use polyclinic_kernels::TensorType;

/// More entries than any real file has; a larger count means damage.
const MOST_METADATA: u64 = 1 << 16;
const MOST_TENSORS: u64 = 1 << 18;
const MOST_DIMENSIONS: u32 = 4;
const LONGEST_NAME: u64 = 1 << 16;
const DEFAULT_ALIGNMENT: u64 = 32;

/// What went wrong and where, before the file's name is known to the message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Damage {
    pub at: usize,
    pub what: String,
    /// The bytes ended before the header did.
    pub ended: bool,
}

/// A metadata value. Arrays stay in the file until somebody asks for them.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Bool(bool),
    Text(String),
    Array(Array),
}

impl Value {
    /// What kind of value this is, in words.
    pub(super) fn describe(&self) -> &'static str {
        match self {
            Self::Unsigned(_) | Self::Signed(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Bool(_) => "true or false",
            Self::Text(_) => "text",
            Self::Array(_) => "a list",
        }
    }
}

/// Where an array lies in the file; the bytes were checked to hold `length` elements.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    pub(super) kind: Kind,
    pub length: usize,
    pub(super) bytes: Range<usize>,
}

/// The type of a metadata value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    Bool,
    Text,
    Array,
    U64,
    I64,
    F64,
}

impl Kind {
    fn from_id(id: u32) -> Option<Self> {
        Some(match id {
            0 => Self::U8,
            1 => Self::I8,
            2 => Self::U16,
            3 => Self::I16,
            4 => Self::U32,
            5 => Self::I32,
            6 => Self::F32,
            7 => Self::Bool,
            8 => Self::Text,
            9 => Self::Array,
            10 => Self::U64,
            11 => Self::I64,
            12 => Self::F64,
            _ => return None,
        })
    }

    /// The bytes of one element; `None` where elements differ in length.
    pub(super) fn width(self) -> Option<usize> {
        match self {
            Self::U8 | Self::I8 | Self::Bool => Some(1),
            Self::U16 | Self::I16 => Some(2),
            Self::U32 | Self::I32 | Self::F32 => Some(4),
            Self::U64 | Self::I64 | Self::F64 => Some(8),
            Self::Text | Self::Array => None,
        }
    }
}

/// Where a tensor lies and what shape it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorInfo {
    pub name: String,
    /// As the file gives it: the first number is the length of a row.
    pub dimensions: Vec<usize>,
    pub kind: TensorType,
    /// Which of the model's files it lies in, from 0 on.
    pub(super) part: usize,
    /// From the start of that file.
    pub(super) bytes: Range<u64>,
}

impl TensorInfo {
    /// How many values the tensor has.
    pub fn elements(&self) -> usize {
        self.dimensions.iter().product()
    }

    /// How many bytes the tensor takes in the file.
    pub fn size_in_bytes(&self) -> u64 {
        self.bytes.end - self.bytes.start
    }
}

/// Everything in front of the tensor data.
#[derive(Debug)]
pub(super) struct Header {
    /// Each value with the bytes it stands in.
    pub metadata: BTreeMap<String, (Value, Range<usize>)>,
    pub tensors: BTreeMap<String, TensorInfo>,
    /// The file must be at least this long.
    pub needed_bytes: u64,
}

/// A cursor over the bytes.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn damage<T>(&self, what: String) -> Result<T, Damage> {
        Err(Damage {
            at: self.at,
            what,
            ended: false,
        })
    }

    fn take(&mut self, count: u64, what: &str) -> Result<&'a [u8], Damage> {
        let end = usize::try_from(count).ok().and_then(|count| self.at.checked_add(count));
        match end.and_then(|end| self.bytes.get(self.at..end)) {
            Some(slice) => {
                self.at += slice.len();
                Ok(slice)
            }
            None => Err(Damage {
                at: self.at,
                what: format!(
                    "{what} takes {count} bytes, the file has {} left",
                    self.bytes.len() - self.at
                ),
                ended: true,
            }),
        }
    }

    fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], Damage> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.take(N as u64, what)?);
        Ok(bytes)
    }

    pub fn u32(&mut self, what: &str) -> Result<u32, Damage> {
        Ok(u32::from_le_bytes(self.array(what)?))
    }

    fn u64(&mut self, what: &str) -> Result<u64, Damage> {
        Ok(u64::from_le_bytes(self.array(what)?))
    }

    fn text_bytes(&mut self, what: &str) -> Result<&'a [u8], Damage> {
        let length = self.u64(what)?;
        self.take(length, what)
    }

    fn name(&mut self, what: &str) -> Result<String, Damage> {
        let start = self.at;
        let length = self.u64(what)?;
        if length == 0 || length > LONGEST_NAME {
            self.at = start;
            return self.damage(format!("{what} is said to be {length} bytes long"));
        }
        let bytes = self.take(length, what)?;
        match std::str::from_utf8(bytes) {
            Ok(name) => Ok(name.to_owned()),
            Err(_) => {
                self.at = start;
                self.damage(format!("{what} is not text"))
            }
        }
    }

    fn kind(&mut self, key: &str) -> Result<Kind, Damage> {
        let id = self.u32(key)?;
        match Kind::from_id(id) {
            Some(kind) => Ok(kind),
            None => self.damage(format!("the value of '{key}' has type {id}, which does not exist")),
        }
    }

    fn value(&mut self, kind: Kind, key: &str) -> Result<Value, Damage> {
        Ok(match kind {
            Kind::U8 => Value::Unsigned(u8::from_le_bytes(self.array(key)?).into()),
            Kind::I8 => Value::Signed(i8::from_le_bytes(self.array(key)?).into()),
            Kind::U16 => Value::Unsigned(u16::from_le_bytes(self.array(key)?).into()),
            Kind::I16 => Value::Signed(i16::from_le_bytes(self.array(key)?).into()),
            Kind::U32 => Value::Unsigned(self.u32(key)?.into()),
            Kind::I32 => Value::Signed(i32::from_le_bytes(self.array(key)?).into()),
            Kind::U64 => Value::Unsigned(self.u64(key)?),
            Kind::I64 => Value::Signed(i64::from_le_bytes(self.array(key)?)),
            Kind::F32 => Value::Float(f32::from_le_bytes(self.array(key)?).into()),
            Kind::F64 => Value::Float(f64::from_le_bytes(self.array(key)?)),
            Kind::Bool => match self.array::<1>(key)? {
                [0] => Value::Bool(false),
                [1] => Value::Bool(true),
                [other] => return self.damage(format!("'{key}' should be 0 or 1 and is {other}")),
            },
            Kind::Text => Value::Text(String::from_utf8_lossy(self.text_bytes(key)?).into_owned()),
            Kind::Array => Value::Array(self.list(key)?),
        })
    }

    fn list(&mut self, key: &str) -> Result<Array, Damage> {
        let kind = self.kind(key)?;
        let length = self.u64(key)?;
        let start = self.at;
        match kind.width() {
            Some(width) => {
                self.take(length.saturating_mul(width as u64), key)?;
            }
            None if kind == Kind::Text => {
                // Each element takes at least its length field, so a wild count ends at the end of the file.
                for _ in 0..length {
                    self.text_bytes(key)?;
                }
            }
            None => return self.damage(format!("'{key}' is a list of lists, which no known model uses")),
        }
        let length = usize::try_from(length).map_err(|_| Damage {
            at: start,
            what: format!("'{key}' is too long"),
            ended: false,
        })?;
        Ok(Array {
            kind,
            length,
            bytes: start..self.at,
        })
    }

    fn tensor(&mut self) -> Result<(TensorInfo, u64), Damage> {
        let name = self.name("a tensor's name")?;
        let start = self.at;
        let count = self.u32(&name)?;
        if count == 0 || count > MOST_DIMENSIONS {
            self.at = start;
            return self.damage(format!("tensor '{name}' is said to have {count} dimensions"));
        }
        let mut dimensions = Vec::with_capacity(count as usize);
        for _ in 0..count {
            dimensions.push(self.u64(&name)?);
        }
        let id = self.u32(&name)?;
        let offset = self.u64(&name)?;
        let Some(kind) = TensorType::from_id(id) else {
            self.at = start;
            return self.damage(format!("tensor '{name}' has number type {id}, which is unknown"));
        };
        let elements = dimensions
            .iter()
            .try_fold(1u64, |product, &next| product.checked_mul(next));
        let row_fits = dimensions
            .first()
            .is_some_and(|row| row % kind.block_values as u64 == 0);
        let bytes = elements
            .filter(|&count| count > 0 && row_fits)
            .and_then(|count| (count / kind.block_values as u64).checked_mul(kind.block_bytes as u64))
            .filter(|&bytes| isize::try_from(bytes).is_ok());
        let Some(bytes) = bytes else {
            self.at = start;
            return self.damage(format!(
                "tensor '{name}' has the impossible shape {dimensions:?} for {}",
                kind.name
            ));
        };
        let Some(end) = offset.checked_add(bytes) else {
            self.at = start;
            return self.damage(format!("tensor '{name}' lies at the impossible offset {offset}"));
        };
        let dimensions = dimensions.into_iter().map(|length| length as usize).collect();
        Ok((
            TensorInfo {
                name,
                dimensions,
                kind,
                part: 0,
                bytes: offset..end,
            },
            offset,
        ))
    }

    /// Reads what follows magic and version.
    pub fn header(&mut self) -> Result<Header, Damage> {
        let tensor_count = self.u64("the number of tensors")?;
        let metadata_count = self.u64("the number of metadata entries")?;
        if tensor_count > MOST_TENSORS || metadata_count > MOST_METADATA {
            return self.damage(format!(
                "it claims {tensor_count} tensors and {metadata_count} metadata entries"
            ));
        }
        let mut metadata = BTreeMap::new();
        for _ in 0..metadata_count {
            let key = self.name("a metadata key")?;
            let kind = self.kind(&key)?;
            let start = self.at;
            let value = self.value(kind, &key)?;
            if metadata.contains_key(&key) {
                self.at = start;
                return self.damage(format!("'{key}' stands there twice"));
            }
            metadata.insert(key, (value, start..self.at));
        }
        let alignment = match metadata.get("general.alignment") {
            None => DEFAULT_ALIGNMENT,
            Some((Value::Unsigned(alignment), _)) if alignment.is_power_of_two() && *alignment <= 1 << 20 => *alignment,
            Some(_) => return self.damage("'general.alignment' is not a power of two".to_owned()),
        };
        let mut tensors = BTreeMap::new();
        for _ in 0..tensor_count {
            let (tensor, offset) = self.tensor()?;
            if offset % alignment != 0 {
                return self.damage(format!("tensor '{}' lies at {offset}, off the alignment", tensor.name));
            }
            if let Some(twin) = tensors.insert(tensor.name.clone(), tensor) {
                return self.damage(format!("tensor '{}' stands there twice", twin.name));
            }
        }
        let data_start = (self.at as u64).next_multiple_of(alignment);
        let mut needed_bytes = self.at as u64;
        for tensor in tensors.values_mut() {
            let end = tensor.bytes.end.checked_add(data_start);
            let Some(end) = end else {
                return self.damage(format!("tensor '{}' lies beyond any file", tensor.name));
            };
            tensor.bytes = tensor.bytes.start + data_start..end;
            needed_bytes = needed_bytes.max(end);
        }
        let mut in_order: Vec<&TensorInfo> = tensors.values().collect();
        in_order.sort_by_key(|tensor| tensor.bytes.start);
        for pair in in_order.windows(2) {
            if let [first, second] = pair
                && first.bytes.end > second.bytes.start
            {
                return self.damage(format!("tensors '{}' and '{}' overlap", first.name, second.name));
            }
        }
        Ok(Header {
            metadata,
            tensors,
            needed_bytes,
        })
    }

    /// The elements of a list of texts.
    pub fn texts(bytes: &'a [u8], length: usize) -> impl Iterator<Item = Cow<'a, str>> {
        let mut reader = Self::new(bytes);
        (0..length)
            .map_while(move |_| reader.text_bytes("").ok())
            .map(String::from_utf8_lossy)
    }
}
