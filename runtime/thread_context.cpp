// Sizes of the thread's pools, from the graph's tunables.
#include "runtime/thread_context.hpp"

#include <algorithm>
#include <array>
#include <random>

#include "runtime/stream.hpp"

namespace shunt::runtime {
namespace {

PipeLimits pipe_limits(const graph::Global& global) {
  PipeLimits limits;
  if (global.tune.pipesize != 0) {
    limits.size = global.tune.pipesize;
    limits.useful = std::min<std::size_t>(limits.useful, limits.size);
  }
  std::size_t const threads = std::max<std::size_t>(global.nbthread, 1);
  if (global.tune.maxpipes != 0) limits.pipes = std::max<std::size_t>(global.tune.maxpipes / threads, 1);
  return limits;
}

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

ThreadContext::ThreadContext(const WorkerOptions& options, StreamObserver& stream_observer,
                             route::Wakeups& wakeups)
    : generation(options.generation),
      counters(options.counters),
      sockets(options.sockets),
      observer(stream_observer),
      hostname(host_name()),
      process(*generation->state, *counters, options.number, hostname),
      facilities{.graph = generation->graph.get(),
                 .state = generation->state.get(),
                 .scratch = &scratch,
                 .proxies = &proxies,
                 .process = &process,
                 .wakeups = &wakeups,
                 .observer = options.observer,
                 .random_state = random_seed()},
      proxies(*generation->graph, *generation->state, &facilities.now),
      relay(generation->graph->global.tune.bufsize, pipe_limits(generation->graph->global)),
      log(options.log_faults),
      stream_memory(sizeof(Stream)) {
  tls.thread = options.number;
  log.prepare(*generation->graph);
  if (graph().global.log_send_hostname) log.set_hostname(*graph().global.log_send_hostname);
}

std::size_t ThreadContext::input_limit() const {
  graph::Tunables const& tune = graph().global.tune;
  return tune.bufsize > tune.maxrewrite ? tune.bufsize - tune.maxrewrite : tune.bufsize;
}

PoolUses ThreadContext::pools() const {
  BufferPool const& buffers = relay.buffers;
  PipePool const& pipes = relay.pipes;
  return {{{{"stream", stream_memory.block_size(), stream_memory.allocated(), stream_memory.kept()},
            {"buffer", buffers.standard_size(), buffers.lent() + buffers.kept(), buffers.kept()},
            {"pipe", pipes.limits().size, pipes.open_pipes(), pipes.kept()}}}};
}

}  // namespace shunt::runtime
