//! Reading the body of an answer without letting a server fill our memory.

use reqwest::Response;

/// Why a body was not read to its end.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    #[error("the answer has more than {0} bytes")]
    TooLarge(usize),
    #[error(transparent)]
    Request(#[from] reqwest::Error),
}

/// The whole body, where it has at most `most` bytes. What the answer claims of its length is not believed.
pub async fn body(mut response: Response, most: usize) -> Result<Vec<u8>, BodyError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if bytes.len() + chunk.len() > most {
            return Err(BodyError::TooLarge(most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::block_on;

    #[test]
    fn a_body_is_read_up_to_what_is_allowed() {
        let read = |most| block_on(body(axum::http::Response::new("seven..").into(), most)).unwrap();
        assert_eq!(read(7).unwrap(), b"seven..");
        assert!(matches!(read(6), Err(BodyError::TooLarge(6))));
    }
}
