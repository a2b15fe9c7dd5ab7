import { ANSWER_TYPE, type IRequest } from './codeLink';
import { base64 } from './hiddenRun';
import { NOWHERE } from './stringEntries';

/**
 * What an R kernel is asked to run: it reads `request` and answers. jsonlite and IRdisplay come with
 * IRkernel; nothing else is needed, for any R 3.6 or later.
 *
 * In an environment of its own below R's own functions, so that neither what the user calls `c` or
 * `list` disturbs it nor anything of it stays.
 */
const CODE = String.raw`base::local({
user <- globalenv()
# Among R's options, where it is in nobody's way.
ours <- getOption("rucio.attached")
if (!is.environment(ours)) {
  ours <- new.env()
  options(rucio.attached = ours)
}

is_set <- function(name) exists(name, envir = user, inherits = FALSE)

# The text of an unavailable one is what stop() says each time that it is used.
unavailable <- function(name, problem) {
  function(value) {
    if (missing(value)) stop(problem, call. = FALSE)
    rm(list = name, envir = user)
    assign(name, value, envir = user)
  }
}

known <- function(values, nothing) {
  found <- lapply(values, function(value) if (is.null(value)) nothing else value)
  unlist(found, use.names = FALSE)
}

listed <- function(manifest) {
  connection <- file(manifest$path, open = "r", encoding = "UTF-8")
  on.exit(close(connection))
  lines <- readLines(connection, encoding = "UTF-8", warn = FALSE)
  if (length(lines) != manifest$count) stop("the list of files is not complete")
  read <- jsonlite::fromJSON(paste0("[", paste(lines, collapse = ","), "]"))
  why <- if (is.null(read$message)) NA_character_ else read$message
  missing_ones <- is.na(read$path)
  sentence <- paste0(nowhere, read$did, " is not available", ifelse(is.na(why), "", paste0(": ", why)))
  read$path <- ifelse(missing_ones, gsub("[[:space:]]+", " ", sentence), read$path)
  read
}

# Those that are there after all, of which only a look tells.
looked_for <- function(files) {
  if (is.null(files$expected)) return(files$path)
  is_there <- !is.na(files$expected) & file.exists(files$expected)
  is_there[is_there] <- file.size(files$expected[is_there]) == files$size[is_there]
  ifelse(is_there, files$expected, files$path)
}

paths <- function(entry) {
  files <- entry$files
  if (is.null(files)) {
    files <- listed(entry$manifest)
  } else {
    field <- function(name, nothing) known(lapply(files, "[[", name), nothing)
    files <- list(path = field("path", ""), did = field("did", ""), pfn = field("pfn", NA_character_),
      size = field("size", NA_real_), expected = field("expected", NA_character_))
  }
  of_file <- entry$type == "file"
  # An empty dataset has no fields at all.
  path <- as.character(looked_for(files))
  structure(path, names = if (of_file) NULL else as.character(files$did), did = entry$did,
    pfn = as.character(files$pfn), size = as.numeric(files$size), class = c("rucio_paths", "character"))
}

put <- function(entry) {
  name <- entry$name
  if (is_set(name) && bindingIsLocked(name, user)) stop("it is locked")
  made <- if (is.null(entry$problem)) paths(entry) else unavailable(name, entry$problem)
  # By removing it first: what is assigned to an active binding goes to its function.
  if (is_set(name)) rm(list = name, envir = user)
  if (is.function(made)) makeActiveBinding(name, made, user) else assign(name, made, envir = user)
  assign(name, made, envir = ours)
}

take <- function(name) {
  made <- ours[[name]]
  if (is.null(made)) return()
  rm(list = name, envir = ours)
  if (!is_set(name)) return()
  is_ours <- if (bindingIsActive(name, user)) is.function(made) else identical(get(name, envir = user), made)
  if (is_ours) rm(list = name, envir = user)
}

# How it is shown; what it is does not depend on this.
registerS3method("print", "rucio_paths", function(x, ...) {
  print(structure(as.vector(x), names = names(x)), ...)
  invisible(x)
}, envir = baseenv())

text <- rawToChar(jsonlite::base64_dec(encoded))
Encoding(text) <- "UTF-8"
request <- jsonlite::fromJSON(text, simplifyVector = FALSE)
done <- character()
problems <- list()
for (entry in request$dids) {
  problem <- tryCatch({
    put(entry)
    NULL
  }, error = function(error) conditionMessage(error))
  if (is.null(problem)) done <- c(done, entry$name) else problems[[entry$name]] <- paste("R says:", problem)
}
for (name in request$variable_names) take(name)
answer <- list(variable_names = I(done), problems = if (length(problems)) problems else jsonlite::fromJSON("{}"))
IRdisplay::publish_mimebundle(structure(list(as.character(jsonlite::toJSON(answer, auto_unbox = TRUE))), names = type))
invisible(NULL)
}`;

/** The code for a request. */
export function rCode(request: IRequest): string {
  const values = {
    encoded: base64(JSON.stringify(request)),
    type: ANSWER_TYPE,
    nowhere: NOWHERE
  };
  const given = Object.entries(values)
    .map(([name, value]) => `${name} = "${value}"`)
    .join(', ');
  return `${CODE}, envir = base::list2env(base::list(${given}), parent = base::baseenv()))`;
}
