// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_PROCESS_OPEN_DEADLINES_HPP
#define EVENTSOURCING_RUNTIME_PROCESS_OPEN_DEADLINES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/runtime/process/process_step.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/validate.hpp>

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// A deadline of a process, as a list of all sorts them.
struct OpenDeadline {
    Timestamp due;
    std::string stream;
    std::string type;

    friend bool operator<(const OpenDeadline& a, const OpenDeadline& b) {
        return std::tie(a.due, a.stream, a.type) < std::tie(b.due, b.stream, b.type);
    }
};

/// The deadlines that are set in all processes: the fold of their steps, a row for each process
/// beside the checkpoint of the outbox. Any thread.
class OpenDeadlines {
public:
    template <class Keeper>
    Result<void> load(const Keeper& keeper, const ProgressKey& key, const CallOptions& call) {
        std::map<std::string, Row> rows;
        std::optional<std::string> after;
        for (;;) {
            auto page = keeper.load_rows(
                key, after ? std::optional<std::string_view>(*after) : std::nullopt, max_page_size,
                call);
            if (!page)
                return std::move(page).error();
            for (RowCommit& row : *page) {
                auto read = decode_json<Row>(*row.data);
                if (!read)
                    return std::move(read)
                        .error()
                        .as(errc::corrupt)
                        .within("the deadlines of " + row.key);
                rows[row.key] = *std::move(read);
                after = row.key;
            }
            if (page->size() < max_page_size)
                break;
        }
        const std::lock_guard lock(mutex_);
        rows_ = std::move(rows);
        touched_.clear();
        due_.clear();
        for (const auto& [stream, row] : rows_)
            for (const auto& [type, due] : row)
                due_.insert({due, stream, type});
        return {};
    }

    /// A step of a process: what was due is told, others are set or taken back.
    template <class Step>
    void note(const std::string& stream, const Step& step) {
        if (step.input.kind != "deadline" && step.deadlines.empty() && !step.completes)
            return;
        const std::lock_guard lock(mutex_);
        Row& row = rows_[stream];
        touched_.insert(stream);
        if (step.input.kind == "deadline")
            set(stream, row, step.input.type, std::nullopt);
        for (const StepDeadline& deadline : step.deadlines)
            set(stream, row, deadline.type, deadline.due);
        if (step.completes)
            while (!row.empty())
                set(stream, row, std::string(row.begin()->first), std::nullopt);
    }

    Result<void> collect(ProgressCommit& commit) {
        const std::lock_guard lock(mutex_);
        for (const std::string& stream : touched_) {
            const Row& row = rows_[stream];
            if (row.empty()) {
                commit.rows.push_back({stream, std::nullopt});
                continue;
            }
            auto data = encode_json(row);
            if (!data)
                return std::move(data).error();
            commit.rows.push_back({stream, *std::move(data)});
        }
        return {};
    }
    void committed() {
        const std::lock_guard lock(mutex_);
        for (const std::string& stream : touched_)
            if (rows_[stream].empty())
                rows_.erase(stream);
        touched_.clear();
    }

    /// The first one that is due later.
    [[nodiscard]] std::optional<OpenDeadline> first_after(Timestamp time) const {
        const std::lock_guard lock(mutex_);
        for (auto it = due_.lower_bound({time, {}, {}}); it != due_.end(); ++it)
            if (it->due > time)
                return *it;
        return std::nullopt;
    }
    /// Those that are due at a time or before.
    [[nodiscard]] std::vector<OpenDeadline> due_by(Timestamp time) const {
        const std::lock_guard lock(mutex_);
        std::vector<OpenDeadline> out;
        for (auto it = due_.begin(); it != due_.end() && it->due <= time; ++it)
            out.push_back(*it);
        return out;
    }
    /// It was told, or is put off: not to be told again before its step is read.
    void remove(const OpenDeadline& deadline) {
        const std::lock_guard lock(mutex_);
        due_.erase(deadline);
    }

private:
    using Row = std::map<std::string, Timestamp>;

    void set(const std::string& stream, Row& row, const std::string& type,
             std::optional<Timestamp> due) {
        if (const auto old = row.find(type); old != row.end()) {
            due_.erase({old->second, stream, type});
            row.erase(old);
        }
        if (due) {
            row[type] = *due;
            due_.insert({*due, stream, type});
        }
    }

    mutable std::mutex mutex_;
    std::map<std::string, Row> rows_;
    std::set<std::string> touched_;
    std::set<OpenDeadline> due_;
};

} // namespace eventsourcing::detail

#endif
