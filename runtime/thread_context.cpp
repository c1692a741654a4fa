// Sizes of the thread's pools, from the graph's tunables.
#include "runtime/thread_context.hpp"

#include <algorithm>
#include <array>
#include <random>

#include "parser/host_name.hpp"
#include "runtime/limits.hpp"
#include "runtime/stream.hpp"

namespace shunt::runtime {
namespace {

PipeLimits pipe_limits(const graph::Global& global) {
  PipeLimits limits;
  if (global.tune.pipesize != 0) {
    limits.size = global.tune.pipesize;
    limits.useful = std::min<std::size_t>(limits.useful, limits.size);
  }
  std::size_t const threads = thread_count(global.nbthread);
  if (global.tune.maxpipes != 0) limits.pipes = std::max<std::size_t>(global.tune.maxpipes / threads, 1);
  return limits;
}

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

ThreadTools::ThreadTools(const WorkerOptions& options, StreamObserver& stream_observer,
                         route::Wakeups& thread_wakeups, NameDesk::Post post)
    : number(options.number),
      counters(options.counters),
      errors(options.errors),
      observer(stream_observer),
      wakeups(thread_wakeups),
      hostname(parser::host_name()),
      relay(options.generation->graph->global.tune.bufsize, pipe_limits(options.generation->graph->global)),
      log(options.log_faults, options.log_rings),
      stream_memory(sizeof(Stream)),
      names(options.number, options.names, std::move(post)),
      input_limit(route::input_limit(options.generation->graph->global.tune)),
      source_turn(options.number * 7919) {  // threads begin apart
  tls.thread = options.number;
  log.prepare(*options.generation->graph);
}

ThreadContext::ThreadContext(ThreadTools& tools, std::shared_ptr<const Generation> of)
    : generation(std::move(of)),
      counters(tools.counters),
      sockets(generation->sockets.get()),
      observer(tools.observer),
      engine(tools.engine),
      hostname(tools.hostname),
      process(*generation->state, *counters, tools.number, hostname),
      errors(*generation->state, tools.errors),
      facilities{.graph = generation->graph.get(),
                 .state = generation->state.get(),
                 .scratch = &tools.scratch,
                 .proxies = &proxies,
                 .process = &process,
                 .wakeups = &tools.wakeups,
                 .observer = &errors,
                 .names = &tools.names,
                 .random_state = random_seed()},
      proxies(*generation->graph, *generation->state, &facilities.now),
      relay(tools.relay),
      tls(tools.tls),
      log(tools.log),
      log_line(tools.log_line),
      stream_memory(tools.stream_memory),
      inner(tools.inner),
      source_turn(tools.source_turn),
      streams(tools.streams),
      stream_count(tools.stream_count),
      input_limit_(tools.input_limit) {}

PoolUses ThreadTools::pools() const {
  BufferPool const& buffers = relay.buffers;
  PipePool const& pipes = relay.pipes;
  return {{{{"stream", stream_memory.block_size(), stream_memory.allocated(), stream_memory.kept()},
            {"buffer", buffers.standard_size(), buffers.lent() + buffers.kept(), buffers.kept()},
            {"pipe", pipes.limits().size, pipes.open_pipes(), pipes.kept()}}}};
}

}  // namespace shunt::runtime
