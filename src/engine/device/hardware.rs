//! The GPUs themselves: all that depends on the features `cuda` and `metal`.

use candle_core::Device;

use super::{DeviceError, DeviceMemory, DeviceName};

/// The device that this build takes where nobody names one.
pub const BEST: Option<DeviceName> = if cfg!(feature = "cuda") {
    Some(DeviceName::Cuda(0))
} else if cfg!(feature = "metal") {
    Some(DeviceName::Metal)
} else {
    None
};

/// Opens a device; with it comes what its maker calls it.
pub fn open(name: DeviceName) -> Result<(Device, String), DeviceError> {
    match name {
        DeviceName::Cpu | DeviceName::CpuTensors => Ok((Device::Cpu, "tensors on the CPU".to_owned())),
        #[cfg(feature = "cuda")]
        DeviceName::Cuda(number) => cuda::open(number).map_err(|why| DeviceError::Absent { name, why }),
        #[cfg(feature = "metal")]
        DeviceName::Metal => metal::open().map_err(|why| DeviceError::Absent { name, why }),
        #[cfg(not(all(feature = "cuda", feature = "metal")))]
        _ => Err(DeviceError::NotBuilt(name)),
    }
}

/// The memory of a GPU, where it tells.
pub fn memory(device: &Device) -> Option<DeviceMemory> {
    match device {
        #[cfg(feature = "cuda")]
        Device::Cuda(device) => {
            let (free, total) = device.cuda_stream().context().mem_get_info().ok()?;
            Some(DeviceMemory {
                free: free as u64,
                total: total as u64,
            })
        }
        #[cfg(feature = "metal")]
        Device::Metal(device) => {
            let device = device.metal_device();
            let total = device.recommended_max_working_set_size();
            Some(DeviceMemory {
                free: total.saturating_sub(device.current_allocated_size()) as u64,
                total: total as u64,
            })
        }
        _ => None,
    }
}

#[cfg(feature = "cuda")]
mod cuda {
    use std::panic;

    use candle_core::Device;

    pub fn open(number: usize) -> Result<(Device, String), String> {
        // cudarc panics where one of NVIDIA's libraries is missing, as on a machine without its GPUs.
        let hook = panic::take_hook();
        panic::set_hook(Box::new(|_| {}));
        let opened = panic::catch_unwind(|| Device::new_cuda(number));
        panic::set_hook(hook);
        let device = match opened {
            Ok(device) => device.map_err(|error| error.to_string())?,
            Err(_) => return Err("NVIDIA's driver, cuBLAS or cuRAND is not on this machine".to_owned()),
        };
        let cuda = device.as_cuda_device().map_err(|error| error.to_string())?;
        let model = cuda.cuda_stream().context().name();
        Ok((device, model.map_err(|error| error.to_string())?))
    }
}

#[cfg(feature = "metal")]
mod metal {
    use candle_core::Device;

    pub fn open() -> Result<(Device, String), String> {
        let device = Device::new_metal(0).map_err(|error| error.to_string())?;
        let metal = device.as_metal_device().map_err(|error| error.to_string())?;
        let model = metal.metal_device().architecture_name();
        Ok((device, model))
    }
}
