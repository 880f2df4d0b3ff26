//! The kinds of numbers a model file holds: tensor types with their block sizes.

/// How the numbers of a tensor are stored. The names are those llama.cpp prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TensorType {
    /// The number that stands in the file.
    pub id: u32,
    /// The name, as in `Q4_K`.
    pub name: &'static str,
    /// How many values one block holds; a row is a whole number of blocks.
    pub block_values: usize,
    /// How many bytes one block takes.
    pub block_bytes: usize,
}

const fn tensor_type(id: u32, name: &'static str, block_values: usize, block_bytes: usize) -> TensorType {
    TensorType {
        id,
        name,
        block_values,
        block_bytes,
    }
}

impl TensorType {
    pub const F32: Self = tensor_type(0, "F32", 1, 4);
    pub const F16: Self = tensor_type(1, "F16", 1, 2);
    pub const Q4_0: Self = tensor_type(2, "Q4_0", 32, 18);
    pub const Q4_1: Self = tensor_type(3, "Q4_1", 32, 20);
    pub const Q5_0: Self = tensor_type(6, "Q5_0", 32, 22);
    pub const Q5_1: Self = tensor_type(7, "Q5_1", 32, 24);
    pub const Q8_0: Self = tensor_type(8, "Q8_0", 32, 34);
    pub const Q2_K: Self = tensor_type(10, "Q2_K", 256, 84);
    pub const Q3_K: Self = tensor_type(11, "Q3_K", 256, 110);
    pub const Q4_K: Self = tensor_type(12, "Q4_K", 256, 144);
    pub const Q5_K: Self = tensor_type(13, "Q5_K", 256, 176);
    pub const Q6_K: Self = tensor_type(14, "Q6_K", 256, 210);
    pub const BF16: Self = tensor_type(30, "BF16", 1, 2);

    /// Every type a header may name. Those the engine cannot compute with are here too,
    /// so that such a file can still be listed and refused by name.
    const ALL: [Self; 30] = [
        Self::F32,
        Self::F16,
        Self::Q4_0,
        Self::Q4_1,
        Self::Q5_0,
        Self::Q5_1,
        Self::Q8_0,
        tensor_type(9, "Q8_1", 32, 36),
        Self::Q2_K,
        Self::Q3_K,
        Self::Q4_K,
        Self::Q5_K,
        Self::Q6_K,
        tensor_type(15, "Q8_K", 256, 292),
        tensor_type(16, "IQ2_XXS", 256, 66),
        tensor_type(17, "IQ2_XS", 256, 74),
        tensor_type(18, "IQ3_XXS", 256, 98),
        tensor_type(19, "IQ1_S", 256, 50),
        tensor_type(20, "IQ4_NL", 32, 18),
        tensor_type(21, "IQ3_S", 256, 110),
        tensor_type(22, "IQ2_S", 256, 82),
        tensor_type(23, "IQ4_XS", 256, 136),
        tensor_type(24, "I8", 1, 1),
        tensor_type(25, "I16", 1, 2),
        tensor_type(26, "I32", 1, 4),
        tensor_type(27, "I64", 1, 8),
        tensor_type(28, "F64", 1, 8),
        tensor_type(29, "IQ1_M", 256, 56),
        Self::BF16,
        tensor_type(39, "MXFP4", 32, 17),
    ];

    /// The type with this number, where there is one.
    pub fn from_id(id: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id == id)
    }
}
