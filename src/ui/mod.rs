//! Pages and widgets: they read state and send commands.

pub mod text;
