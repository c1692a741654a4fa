// Stick tables as the rules of a session see them: one view per thread, pointed at the session that
// evaluates.
#pragma once
#include "fetchers/tables_view.hpp"

namespace shunt::route {

class Session;
class StickTable;
class TableUse;  // route/table_use.hpp

class SessionTables final : public fetchers::TablesView {
 public:
  void look_at(const Session& session) { session_ = &session; }

  [[nodiscard]] fetchers::TableAnswer ask(const fetchers::TableQuestion& question,
                                          fetchers::Scratch& scratch) override;
  [[nodiscard]] bool key(std::uint32_t slot, fetchers::Sample& out, fetchers::Scratch& scratch) override;
  [[nodiscard]] std::uint32_t entries(std::uint32_t table) override;
  [[nodiscard]] std::uint32_t free_entries(std::uint32_t table) override;

 private:
  [[nodiscard]] StickTable* table(std::uint32_t id) const;  // null: there is none

  const Session* session_ = nullptr;
};

}  // namespace shunt::route
