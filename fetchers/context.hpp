// All that one evaluation may read: views that the runtime, `analysis` and tests implement.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "fetchers/endpoint.hpp"
#include "fetchers/sample.hpp"

namespace shunt::fetchers {

class Captures;        // fetchers/captures.hpp
class ConnectionView;  // fetchers/connection_view.hpp
class ProcessView;     // fetchers/process_view.hpp
class ProxiesView;     // fetchers/proxies_view.hpp
class StreamView;      // fetchers/stream_view.hpp
class TlsView;         // fetchers/tls_view.hpp
class VariableNames;   // fetchers/variables.hpp
class Variables;       // fetchers/variables.hpp
struct LogRecord;      // fetchers/log_record.hpp

// What one direction has buffered. `complete`: no byte can follow (end of input, or the buffer is full).
struct BufferedBytes {
  std::string_view data = {};
  bool complete = false;
  bool available = false;  // false: this direction can't be read in this phase at all
};

// All that one evaluation may read. Pointers are null where the phase does not have the thing.
struct Context {
  Scratch* scratch = nullptr;  // required
  const ConnectionView* client = nullptr;
  const TlsView* client_tls = nullptr;
  const ConnectionView* server = nullptr;
  const TlsView* server_tls = nullptr;
  BufferedBytes request = {};
  BufferedBytes response = {};
  const ProxiesView* proxies = nullptr;
  const ProcessView* process = nullptr;
  const StreamView* stream = nullptr;
  Variables* variables = nullptr;  // these and `captures` are all that a fetch or converter may write
  const VariableNames* variable_names = nullptr;
  Captures* captures = nullptr;  // null: the frontend declares none, or there is no stream yet
  const LogRecord* log = nullptr;
  std::uint32_t frontend = 0;  // dense ids of the stream's frontend and backend
  std::uint32_t backend = 0;
  std::uint32_t buffer_size = 16384;  // tune.bufsize: a payload beyond it can never come
  std::chrono::system_clock::time_point date = {};
  std::uint32_t value_index = 0;  // which value of a fetch that can have several (ALPN names)
  bool final = true;              // nothing more is waited for: unknown becomes false
};

}  // namespace shunt::fetchers
