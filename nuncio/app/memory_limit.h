#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace nuncio::app {

// How many bytes of memory this process may use before the kernel kills something in its control group: the least of
// the limits from its group up to the root that it sees, of version 2 (memory.max) and 1 (memory.limit_in_bytes).
// nullopt when there is none, or none that can be read. `root` is where proc and sys are (Linux documentation,
// "cgroups(7)").
std::optional<uint64_t> MemoryLimit(const std::filesystem::path& root = "/");

// What of a limit Envoy's heap may have, in bytes: four fifths. The rest is for the control plane, which lives in the
// same container, and for what Envoy does not count as heap: stacks, sockets' buffers.
uint64_t HeapWithin(uint64_t limit);

}  // namespace nuncio::app
