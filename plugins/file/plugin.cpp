#include "millrace/plugin.hpp"

#include "plugins/file/file_sink.hpp"
#include "plugins/file/file_source.hpp"

using millrace::optional;
using millrace::required;
using millrace::file::FileSink;
using millrace::file::FileSinkSettings;
using millrace::file::FileSource;
using millrace::file::FileSourceSettings;

MILLRACE_PLUGIN(
    "file", "0.1.0",
    millrace::source<FileSource, FileSourceSettings>(
        "file", "Lines of a file that may grow, or of every file that appears in a directory.",
        {{"path", &FileSourceSettings::path, required,
          "A file, a directory, or a directory and a pattern: \"in/*.jsonl\". In a directory each "
          "file is read once, oldest first; names that begin with . or _ or end in .tmp are left "
          "out. Move files in when they are complete."},
         {"pattern", &FileSourceSettings::pattern, optional,
          "Which files of a directory are read, as in a shell."},
         {"max_files_per_trigger", &FileSourceSettings::max_files_per_trigger, optional,
          "Files of a directory per epoch; 0 means no limit."},
         {"max_bytes_per_trigger", &FileSourceSettings::max_bytes_per_trigger, optional,
          "Bytes per epoch, whole files or lines; 0 means no limit."},
         {"header", &FileSourceSettings::header, optional,
          "The first line of each file is not a record."},
         {"skip_blank_lines", &FileSourceSettings::skip_blank_lines, optional,
          "Lines of nothing but blanks are not records."},
         {"follow", &FileSourceSettings::follow, optional,
          "A single file is read on as lines are appended, and a last line without its newline "
          "once "
          "the file has rested for a second; otherwise it is read once."}},
        millrace::source_payloads),
    millrace::sink<FileSink, FileSinkSettings>(
        "file", "One line per row, in files that show an epoch when it is committed, or never.",
        {{"path", &FileSinkSettings::path, required,
          "A directory for part files, or one file to append to when the name has an extension."},
         {"extension", &FileSinkSettings::extension, optional, "Of part files."},
         {"header_line", &FileSinkSettings::header_line, optional,
          "The first line of each file, for CSV the names of the columns."}},
        millrace::sink_encoded));
