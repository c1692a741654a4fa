// The timer of the sweep.
#include "runtime/table_sweeper.hpp"

#include <chrono>

#include "route/table_clock.hpp"

namespace shunt::runtime {

void TableSweeper::adopt(std::shared_ptr<const Generation> generation) {
  timer_.cancel();
  generation_ = std::move(generation);
  if (!generation_->graph->tables.empty()) wait();
}

void TableSweeper::stop() {
  timer_.cancel();
  generation_.reset();
}

void TableSweeper::wait() {
  timer_.expires_after(std::chrono::seconds(1));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error || generation_ == nullptr) return;
    const route::TableTime now = route::table_time(route::Clock::now());
    for (const graph::StickTable& table : generation_->graph->tables)
      generation_->state->table(table.id).expire(now);
    wait();
  });
}

}  // namespace shunt::runtime
